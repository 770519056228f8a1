import type { Day, Milestone } from '@/api'

/** Days as whole numbers: the chart places by them, and a step to the next working day is plus or minus one. */
const MS = 86_400_000
export const dayNumber = (day: Day): number => Math.round(Date.parse(`${day}T00:00:00Z`) / MS)
export const dayOf = (n: number): Day => new Date(n * MS).toISOString().slice(0, 10)

/** The days that are not worked, as the server says for the unit; `known` years only, others are not snapped. */
export interface Off {
  days: ReadonlySet<number>
  years: ReadonlySet<number>
}
const worked = (n: number, off: Off): boolean => !off.years.has(Number(dayOf(n).slice(0, 4))) || !off.days.has(n)

/** The nearest working day in a direction, the day itself included. */
export function snap(n: number, off: Off, way: 1 | -1 = 1): number {
  let at = n
  while (!worked(at, off)) at += way
  return at
}
/** So many working days on, or back. */
export function stepDays(n: number, by: number, off: Off): number {
  const way = by > 0 ? 1 : -1
  let at = n
  for (let i = 0; i < Math.abs(by); i++) at = snap(at + way, off, way)
  return at
}

const MARGIN = { before: 10, behind: 20 }
/** The years that dates lie in; the margins of the chart may reach into a year that nobody has entered yet. */
export function yearsOf(rows: Milestone[], today: Day): number[] {
  const { from, to } = span(rows, today)
  const first = Number(dayOf(from + MARGIN.before).slice(0, 4))
  const last = Number(dayOf(to - MARGIN.behind).slice(0, 4))
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/** First and last day of the chart: whatever is drawn, with room on both sides. */
export function span(rows: Milestone[], today: Day): { from: number; to: number } {
  const days = rows.flatMap((m) => [
    m.start_on,
    m.baseline_on,
    m.planned_on,
    m.forecast_on,
    m.started_on,
    m.opened_on,
    ...m.moves.map((v) => v.to_on),
  ])
  const numbers = [today, ...days].filter((d): d is Day => !!d).map(dayNumber)
  return { from: Math.min(...numbers) - MARGIN.before, to: Math.max(...numbers) + MARGIN.behind }
}

/** Runs of neighbouring days off, so that the shade of a holiday is one box. */
export function runs(off: Off, from: number, to: number): { at: number; days: number }[] {
  const found: { at: number; days: number }[] = []
  for (let n = from; n <= to; n++) {
    if (worked(n, off)) continue
    const last = found[found.length - 1]
    if (last && last.at + last.days === n) last.days++
    else found.push({ at: n, days: 1 })
  }
  return found
}

/** The months under the chart: where each begins and its name. */
export function months(from: number, to: number): { at: number; year: string; month: number }[] {
  const found = []
  for (let n = from; n <= to; n++) {
    const day = dayOf(n)
    if (day.endsWith('-01') || n === from) found.push({ at: n, year: day.slice(0, 4), month: Number(day.slice(5, 7)) })
  }
  return found
}

/** The day a milestone was really done: works when built. */
export const doneOn = (m: Milestone): Day | null => (m.kind === 'works' ? m.built_on : m.reached_on)
/** A request that waits for its approval. */
export const waiting = (m: Milestone) => m.moves.find((v) => v.status === 'asked')
