import type { Report } from '@/api'
import { COLUMNS, type Line } from './lines'
import type { Outbox } from './outbox'

export type Tally = Record<
  'total' | 'filled' | 'invalid' | 'waiting' | 'conflicts' | 'saved' | 'prefilled' | 'fields' | 'comments',
  number
>

/** How far a sheet is, for the head and the foot of the screen. */
export function tally(lines: Line[], outbox: Outbox, saved: number): Tally {
  const reports = new Map<string, boolean>()
  const known = new Map<string, Report>()
  let invalid = 0
  for (const line of lines) {
    reports.set(line.row.id, (reports.get(line.row.id) ?? true) && line.value !== null)
    known.set(line.row.id, line.row)
    if (COLUMNS.some((c) => line.marks[c]?.kind === 'invalid')) invalid += 1
  }
  return {
    total: reports.size,
    filled: [...reports.values()].filter(Boolean).length,
    invalid,
    waiting: outbox.waiting().length,
    conflicts: outbox.conflicts().length,
    saved,
    prefilled: sumOf(known, (r) => r.prefill.filled),
    fields: sumOf(known, (r) => r.prefill.total),
    comments: sumOf(known, (r) => r.open_comments),
  }
}

const sumOf = (rows: Map<string, Report>, of: (row: Report) => number): number =>
  [...rows.values()].reduce((n, row) => n + of(row), 0)
