import { shallowReactive } from 'vue'
import type { FieldError, Report, ReportCell } from '@/api'
import { byCode } from '@/ui/codes'
import { causeName } from '@/ui/causes'
import { quantity } from '@/ui/format'
import { t } from '@/ui/i18n'
import type { Entry, FieldName, FigureName } from './outbox'

export const COLUMNS = ['current', 'value', 'cause', 'note'] as const
export type Column = (typeof COLUMNS)[number]
export type MarkKind = 'saved' | 'waiting' | 'invalid' | 'warning' | 'conflict' | 'locked' | 'required'
export interface Mark {
  kind: MarkKind
  text: string
  /** A figure the reader guessed; taken only when the person says so. */
  suggest?: string
  /** What two people wrote differently: both figures and the choice are shown at the cell. */
  clash?: Entry
}

/** One row of the grid: one indicator of one report. Replaced field by field, so only its own component is redrawn. */
export interface Line {
  readonly key: string
  readonly index: number
  readonly first: boolean
  row: Report
  cell: ReportCell
  open: boolean
  current: string | null
  value: string | null
  /** Text that is not a figure (yet) stays on the screen as it was typed. */
  raw: Partial<Record<Column, string>>
  marks: Partial<Record<Column, Mark>>
  cause: string | null
  note: string | null
  errors: FieldError[]
}
export interface Change {
  key: string
  col: Column
  before: string
  after: string
}

const ROW_FIELDS = new Set<FieldName>([
  'note',
  'cause_code',
  'cause_note',
  'physical_note',
  'physical_pct',
  'invested_fen',
  'expected_on',
])
export const isRowField = (field: FieldName): boolean => ROW_FIELDS.has(field)

/** The lines of a sheet as they are listed, still without what this person has not sent. */
export function linesOf(rows: Report[]): Line[] {
  const made: Line[] = []
  for (const row of inOrder(rows))
    row.cells.forEach((cell, i) => {
      made.push(
        shallowReactive<Line>({
          key: `${row.id}|${cell.target_id}`,
          index: made.length,
          first: i === 0,
          row,
          cell,
          open: false,
          current: null,
          value: null,
          raw: {},
          marks: {},
          cause: null,
          note: null,
          errors: [],
        }),
      )
    })
  return made
}
/** Units and programmes as the server lists them, items as their list is printed. */
export function inOrder(rows: Report[]): Report[] {
  const programmes = [...new Set(rows.map((r) => r.programme_id))]
  const units = new Map([...new Set(rows.map((r) => r.unit_id))].map((id, n) => [id, n]))
  return rows
    .slice()
    .sort(
      (a, b) =>
        (units.get(a.unit_id) ?? 0) - (units.get(b.unit_id) ?? 0) ||
        programmes.indexOf(a.programme_id) - programmes.indexOf(b.programme_id) ||
        byCode({ code: a.item_code }, { code: b.item_code }),
    )
}
/** Where a column of this line is stored; undefined where the grid only shows something. */
export function fieldOf(line: Line, col: Column): FieldName | undefined {
  if (col === 'cause') return line.first ? 'cause_code' : undefined
  if (col === 'note') return line.first ? 'cause_note' : undefined
  if (line.cell.kind === 'ratio') return col === 'current' ? 'numerator' : 'denominator'
  if (line.cell.accumulation === 'cumulative') return 'current'
  return col === 'value' ? 'value' : undefined
}
const FIGURES = new Set<FieldName>(['current', 'value', 'numerator', 'denominator'])
export function seen(line: Line, field: FieldName): string | null {
  if (FIGURES.has(field) || field === 'fall_reason') return line.cell[field as FigureName | 'fall_reason'] ?? null
  return line.row[field as 'note' | 'cause_code' | 'cause_note'] ?? null
}
export function editable(row: Report): boolean {
  const edit = row.actions.find((a) => a.verb === 'edit')
  if (edit) return edit.enabled
  if (!row.actions.some((a) => a.verb === 'submit')) return false
  return row.status === 'draft' && (row.round.state === 'open' || row.round.state === 'overdue')
}
export function lockReason(row: Report): string {
  const edit = row.actions.find((a) => a.verb === 'edit')
  if (edit?.reason) return edit.reason
  if (row.round.state === 'closed') return t('填报期已关闭')
  if (row.round.state === 'scheduled') return t('填报期还没开始')
  return t('已提交，撤回后才能改')
}
export function concerns(pointer: string, line: Line, col: Column): boolean {
  if (col === 'cause') return line.first && pointer.endsWith('cause_code')
  if (col === 'note') return line.first && pointer.endsWith('cause_note')
  if (/cause|note/.test(pointer)) return false
  // A place in the list, or the target's id, which may begin with digits too.
  const index = /(?:values|cells)\/(\d+)(?=\/|$)/.exec(pointer)?.[1]
  const mine = index === undefined ? pointer.includes(line.cell.target_id) : line.row.cells[Number(index)] === line.cell
  if (pointer.endsWith('/numerator')) return mine && col === 'current'
  // A cumulative figure is typed as its growth, so that is the cell a fault of its total belongs to.
  return mine && (col === 'value') === (line.cell.accumulation === 'snapshot')
}
export function shown(value: string | null | undefined): string {
  return causeName(value) ? t(causeName(value) || '其他') : quantity(value, t('空'))
}
