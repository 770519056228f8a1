import { add, subtract } from '@/ui/decimal'
import { evenly } from './shares'

/** One month of a plan: what is added in it and where that leads. */
export interface Month {
  /** Last day of the month, or the deadline in the last one. */
  on: string
  step: string | null
  total: string | null
}

const two = (n: number): string => String(n).padStart(2, '0')
const lastDay = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** Month ends from the month of `start` to the deadline, the deadline itself being the last. Both "2026-11-05". */
export function monthEnds(start: string, deadline: string): string[] {
  const ends: string[] = []
  let year = Number(start.slice(0, 4))
  let month = Number(start.slice(5, 7))
  for (;;) {
    const end = `${year}-${two(month)}-${two(lastDay(year, month))}`
    if (end >= deadline || ends.length > 72) break
    ends.push(end)
    month += 1
    if (month > 12) {
      month = 1
      year += 1
    }
  }
  return [...ends, deadline]
}

/** Ends of ten-day periods (10th, 20th, last) from that of `start` to the deadline, the deadline itself being the last. */
export function tenDayEnds(start: string, deadline: string): string[] {
  const within = (end: string): string[] => [`${end.slice(0, 8)}10`, `${end.slice(0, 8)}20`, end]
  const last = deadline.slice(0, 8) + two(lastDay(Number(deadline.slice(0, 4)), Number(deadline.slice(5, 7))))
  const ends = [...monthEnds(start, deadline).slice(0, -1), last].flatMap(within)
  return [...ends.filter((end) => end >= start && end < deadline), deadline]
}

/** Totals from steps: a month without a figure adds nothing. */
export function withSteps(ends: readonly string[], steps: readonly (string | null)[]): Month[] {
  let total = '0'
  return ends.map((on, i) => {
    total = add(total, steps[i] ?? '0')
    return { on, step: steps[i] ?? null, total }
  })
}
/** Steps from totals. */
export function withTotals(points: readonly { on: string; value: string }[]): Month[] {
  return points.map(({ on, value }, i) => ({ on, step: subtract(value, points[i - 1]?.value ?? '0'), total: value }))
}
/** As even as the decimals allow, and exactly the target at the end. */
export function spread(ends: readonly string[], target: string, decimals: number): Month[] | null {
  const steps = evenly(target, ends.length, decimals)
  return steps ? withSteps(ends, steps) : null
}
