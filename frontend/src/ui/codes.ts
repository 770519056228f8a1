/** "3.2" before "3.10" before "10": catalogue numbers in the order people read them, whatever order they arrive in. */
export function byCode(a: { code: string }, b: { code: string }): number {
  const left = a.code.split('.')
  const right = b.code.split('.')
  for (let n = 0; n < Math.max(left.length, right.length); n += 1) {
    const x = left[n] ?? ''
    const y = right[n] ?? ''
    const d = Number(x) - Number(y)
    if (d) return d
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}
