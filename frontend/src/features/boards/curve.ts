import type { Day } from '@/api'

/** What places the S-curve. Floats are good enough for a drawing; whoever reads a figure is shown the server's own text. */
export const timeOf = (on: Day): number => Date.parse(`${on}T00:00:00Z`)
export const floatOf = (value: string | null): number | null => (value === null ? null : Number(value))

export type Scale = (value: number) => number
/** Where a value of `from`..`to` lies between two places; a span of nothing lies in their middle. */
export function scale(from: number, to: number, start: number, end: number): Scale {
  return (value) => (to === from ? (start + end) / 2 : start + ((value - from) / (to - from)) * (end - start))
}

/** Round numbers around values and nought: steps of 1, 2 or 5 times a power of ten, about `count` of them. */
export function ticks(values: number[], count = 5): number[] {
  const low = Math.min(0, ...values)
  const high = Math.max(0, ...values) || (low < 0 ? 0 : 1)
  const rough = (high - low) / count
  const power = Math.floor(Math.log10(rough))
  const size = rough / 10 ** power
  // The figures have six decimals at most, and a step does not need more. 10 ** -1 times 3 is 0.30000000000000004.
  const digits = Math.max(0, Math.min(6, -power))
  const step = Math.max(1e-6, ([1, 2, 5].find((n) => size <= n * 1.0001) ?? 10) * 10 ** power)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(digits)))
}

export interface Month {
  year: number
  month: number
  /** Its first day, and the middle, where its name stands: a figure of the 31st is not one of the month that begins then. */
  start: number
  middle: number
  named: boolean
}
/** The months that begin or have their middle in a span; `room` is how many names fit beside each other. */
export function months(from: number, to: number, room: number): Month[] {
  const list: Month[] = []
  const begin = new Date(from)
  for (let n = begin.getUTCFullYear() * 12 + begin.getUTCMonth(); ; n++) {
    const [year, month] = [Math.floor(n / 12), (n % 12) + 1]
    const start = Date.UTC(year, month - 1, 1)
    if (start > to) break
    list.push({ year, month, start, middle: (start + Date.UTC(year, month, 1)) / 2, named: false })
  }
  const inside = (at: number): boolean => at >= from && at <= to
  const step = [1, 2, 3, 6, 12, 24].find((s) => list.length / s <= room) ?? 60
  for (const m of list) m.named = inside(m.middle) && (m.year * 12 + m.month - 1) % step === 0
  return list.filter((m) => m.named || inside(m.start))
}

export type Spot = [x: number, y: number]
/** A line through what is known: where a figure is missing it goes straight on to the next. */
export const line = (spots: Spot[]): string =>
  spots.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
/** The field between such a line and the ground. */
export function area(spots: Spot[], ground: number): string {
  const [first, last] = [spots[0], spots[spots.length - 1]]
  return first && last ? `${line(spots)}L${last[0].toFixed(1)} ${ground}L${first[0].toFixed(1)} ${ground}Z` : ''
}

/** The place in a list that is nearest to a value, -1 in an empty one. */
export function nearest(list: number[], value: number): number {
  let best = -1
  list.forEach((at, i) => {
    if (best < 0 || Math.abs(at - value) < Math.abs((list[best] ?? 0) - value)) best = i
  })
  return best
}

/** About how wide a text is, in ems: a Chinese character is one, a digit or a letter some six tenths. */
export const width = (text: string): number => [...text].reduce((sum, c) => sum + (c > '⺀' ? 1 : 0.6), 0)
