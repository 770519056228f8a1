/**
 * SHA-256 piece by piece: `crypto.subtle` does not exist on plain-HTTP intranets, and it would want the whole file at once.
 */
const K = new Uint32Array(64)
const START = new Uint32Array(8)
/** The constants are the fractional bits of the roots of the first primes; reckoned here, they cannot be mistyped. */
function reckon(): void {
  const bits = (x: number): number => ((x - Math.floor(x)) * 4294967296) | 0
  let n = 0
  for (let candidate = 2; n < 64; candidate += 1) {
    let prime = true
    for (let d = 2; d * d <= candidate; d += 1) if (candidate % d === 0) prime = false
    if (!prime) continue
    if (n < 8) START[n] = bits(Math.sqrt(candidate))
    K[n] = bits(Math.cbrt(candidate))
    n += 1
  }
}

export class Sha256 {
  private readonly state: Uint32Array
  private readonly rest = new Uint8Array(64)
  private readonly words = new Uint32Array(64)
  private kept = 0
  private size = 0

  constructor() {
    if (!K[63]) reckon()
    this.state = START.slice()
  }

  add(bytes: Uint8Array): this {
    this.size += bytes.length
    let at = 0
    while (at < bytes.length) {
      const take = Math.min(64 - this.kept, bytes.length - at)
      this.rest.set(bytes.subarray(at, at + take), this.kept)
      this.kept += take
      at += take
      if (this.kept === 64) {
        this.block()
        this.kept = 0
      }
    }
    return this
  }

  /** The hash in small hexadecimal letters; nothing may be added afterwards. */
  done(): string {
    const bits = this.size * 8
    const tail = new Uint8Array((this.kept < 56 ? 56 : 120) - this.kept + 8)
    tail[0] = 0x80
    const view = new DataView(tail.buffer)
    view.setUint32(tail.length - 8, Math.floor(bits / 4294967296))
    view.setUint32(tail.length - 4, bits >>> 0)
    this.add(tail)
    return Array.from(this.state, (word) => word.toString(16).padStart(8, '0')).join('')
  }

  private block(): void {
    const { state, words: w } = this
    const view = new DataView(this.rest.buffer)
    for (let i = 0; i < 16; i += 1) w[i] = view.getUint32(i * 4)
    const turn = (x: number, by: number): number => (x >>> by) | (x << (32 - by))
    for (let i = 16; i < 64; i += 1) {
      const a = w[i - 15] as number
      const b = w[i - 2] as number
      const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)
      const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10)
      w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0
    }
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
    for (let i = 0; i < 64; i += 1) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + t1) | 0
      d = c
      c = b
      b = a
      a = (t1 + t2) | 0
    }
    const next = [a, b, c, d, e, f, g, h]
    for (let i = 0; i < 8; i += 1) state[i] = (state[i] as number) + (next[i] as number)
  }
}
