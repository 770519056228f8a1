import type { DeskCell, MoveVerb, Period, ReviewDesk } from '@/api'
import { byCode } from '@/ui/codes'
import type { Spot } from '@/ui/cursor'
import { inOrder } from '@/ui/periods'

/** What the desk knows without the screen: states, filters, selection, who is silent. */

export type CellState = 'draft' | 'overdue' | 'returned' | 'submitted' | 'reviewed' | 'accepted' | 'correcting'
/** A returned draft stays "returned" after the cut-off: that is what the unit has to act on. */
export function stateOf(cell: DeskCell): CellState {
  if (cell.status === 'submitted' || cell.status === 'reviewed' || cell.status === 'accepted') return cell.status
  return cell.returned ? 'returned' : cell.overdue ? 'overdue' : cell.revision > 1 ? 'correcting' : 'draft'
}

/** Moves of the desk; filing and recalling belong to the entry screen. */
export type Judgement = 'review' | 'accept' | 'return'
const VERBS: Record<Judgement, MoveVerb[]> = {
  review: ['review'],
  accept: ['accept'],
  return: ['return', 'send-back'],
}
export const JUDGEMENTS: Judgement[] = ['review', 'accept', 'return']
/** The verb of the contract that carries out a judgement on this cell: a reviewer returns, an owner sends back. */
export const verbFor = (cell: DeskCell, judgement: Judgement): MoveVerb | undefined =>
  VERBS[judgement].find((verb) => cell.verbs.includes(verb))
export const waiting = (cell: DeskCell): boolean => JUDGEMENTS.some((j) => verbFor(cell, j))

export type Filter = '' | 'todo' | 'submitted' | 'reviewed' | 'accepted' | 'returned' | 'overdue'
export const matches = (cell: DeskCell, filter: Filter): boolean =>
  filter === ''
    ? true
    : filter === 'todo'
      ? waiting(cell)
      : filter === 'returned'
        ? cell.returned
        : filter === 'overdue'
          ? cell.overdue
          : cell.status === filter

export interface Tally {
  filed: number
  total: number
  waiting: number
}
export interface Grid {
  units: ReviewDesk['units']
  items: ReviewDesk['items']
  cells: (DeskCell | undefined)[][]
  rows: Tally[]
  columns: Tally[]
}
const tally = (cells: (DeskCell | undefined)[]): Tally => {
  const known = cells.filter((c): c is DeskCell => !!c)
  return {
    // Who is correcting has reported: what was accepted still counts.
    filed: known.filter((c) => c.status !== 'draft' || c.revision > 1).length,
    total: known.length,
    waiting: known.filter(waiting).length,
  }
}
/** The matrix under a filter: rows and columns without a match fall away, totals count every report of what is left. */
export function gridOf(desk: ReviewDesk, filter: Filter = '', unit?: string, item?: string): Grid {
  const at = new Map(desk.cells.map((c) => [`${c.unit_id} ${c.item_id}`, c]))
  const hit = desk.cells.filter(
    (c) => matches(c, filter) && (!unit || c.unit_id === unit) && (!item || c.item_id === item),
  )
  const unitIds = new Set(hit.map((c) => c.unit_id))
  const itemIds = new Set(hit.map((c) => c.item_id))
  const units = desk.units.filter((u) => unitIds.has(u.id))
  const items = desk.items.filter((i) => itemIds.has(i.id)).sort(byCode)
  const cells = units.map((u) => items.map((i) => at.get(`${u.id} ${i.id}`)))
  return {
    units,
    items,
    cells,
    rows: cells.map(tally),
    columns: items.map((_, c) => tally(cells.map((row) => row[c]))),
  }
}

const idsOf = (cells: (DeskCell | undefined)[], filter: Filter): string[] =>
  cells.filter((c): c is DeskCell => !!c && waiting(c) && matches(c, filter)).map((c) => c.report_id)
/** Reports between two corners that wait for this person; -1 stands for a whole row or column. */
export function between(grid: Grid, a: Spot, b: Spot, filter: Filter = ''): string[] {
  const span = (x: number, y: number, size: number): [number, number] =>
    x < 0 || y < 0 ? [0, size - 1] : [Math.min(x, y), Math.max(x, y)]
  const [top, bottom] = span(a.r, b.r, grid.units.length)
  const [left, right] = span(a.c, b.c, grid.items.length)
  return grid.cells.slice(top, bottom + 1).flatMap((row) => idsOf(row.slice(left, right + 1), filter))
}
/** A second press on what is wholly chosen takes it out again. */
export function toggled(selected: ReadonlySet<string>, ids: string[]): Set<string> {
  const next = new Set(selected)
  const all = ids.every((id) => next.has(id))
  for (const id of ids)
    if (all) next.delete(id)
    else next.add(id)
  return next
}

export interface Offer {
  judgement: Judgement
  calls: { verb: MoveVerb; rows: { id: string; version: number }[] }[]
  count: number
}
/** What may be done to the chosen cells: only verbs the cells carry, split by the verb each needs. */
export function offers(cells: DeskCell[]): Offer[] {
  return JUDGEMENTS.map((judgement) => {
    const calls = VERBS[judgement]
      .map((verb) => ({
        verb,
        rows: cells.filter((c) => verbFor(c, judgement) === verb).map((c) => ({ id: c.report_id, version: c.version })),
      }))
      .filter((call) => call.rows.length)
    return { judgement, calls, count: calls.reduce((n, call) => n + call.rows.length, 0) }
  }).filter((offer) => offer.count)
}

/** Cells in reading order that wait for this person, and the next one after `from`; round and round. */
export function nextWaiting(grid: Grid, from: string | undefined, by: 1 | -1): DeskCell | undefined {
  const all = grid.cells.flat().filter((c): c is DeskCell => !!c)
  const start = all.findIndex((c) => c.report_id === from)
  for (let n = 1; n <= all.length; n += 1) {
    const cell = all[(start + by * n + all.length * 2) % all.length]
    if (cell && cell.report_id !== from && waiting(cell)) return cell
  }
  return undefined
}

export interface Silent {
  unit_id: string
  unit_name: string
  overdue: number
  returned: number
  draft: number
  items: { code: string; title: string }[]
}
/** Units that still owe reports: late ones first, then by how much they owe, else in the order of the tree. */
export function silent(desk: ReviewDesk): Silent[] {
  const items = new Map([...desk.items].sort(byCode).map((i, n) => [i.id, { code: i.code, title: i.title, n }]))
  const found = desk.units.map((unit) => {
    const owed = desk.cells.filter((c) => c.unit_id === unit.id && c.status === 'draft' && c.revision === 1)
    return {
      unit_id: unit.id,
      unit_name: unit.name,
      overdue: owed.filter((c) => c.overdue).length,
      returned: owed.filter((c) => c.returned).length,
      draft: owed.length,
      items: owed
        .map((c) => items.get(c.item_id))
        .filter((i): i is { code: string; title: string; n: number } => !!i)
        .sort((a, b) => a.n - b.n)
        .map(({ code, title }) => ({ code, title })),
    }
  })
  return found.filter((s) => s.draft).sort((a, b) => b.overdue - a.overdue || b.draft - a.draft)
}
/** Text for a work group or a telephone call; Chinese whatever the language of the screen, because units read it. */
export function nudge(programme: string, month: string, due: string, list: Silent[]): string {
  const lines = list.map((s) => {
    const named = s.items.slice(0, 5).map((i) => `${i.code} ${i.title}`)
    return `${s.unit_name}：${s.draft} 项（${named.join('；')}${s.items.length > 5 ? ' 等' : ''}）`
  })
  return [`《${programme}》${month}进度，${due}截止，以下单位尚未报送：`, ...lines, '请尽快登录系统填报。'].join('\n')
}

interface RoundLike {
  period: Period
  state: string
}
/** The month to open: the newest with work waiting, else the last that fell due, else the one running. */
export function defaultPeriod(rounds: RoundLike[], withWork: Period[]): Period | undefined {
  const known = new Set(rounds.map((r) => r.period))
  const newest = (of: Period[]): Period | undefined => inOrder(of).pop()
  return (
    newest(withWork.filter((p) => known.has(p))) ??
    newest(rounds.filter((r) => r.state === 'overdue' || r.state === 'closed').map((r) => r.period)) ??
    newest(rounds.filter((r) => r.state === 'open').map((r) => r.period)) ??
    newest(rounds.map((r) => r.period))
  )
}
export { before } from '@/ui/periods'
