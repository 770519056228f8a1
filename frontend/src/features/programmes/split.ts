import { shallowRef, triggerRef, type ShallowRef } from 'vue'
import type { SplitCellIn, SplitGrid, SplitResult, SplitRow } from '@/api'
import { subtract } from '@/ui/decimal'
import { t } from '@/ui/i18n'
import { readNumber } from '@/ui/numbers'
import { balanceOf, shareOut, type Sums } from './shares'

/** The share of one unit in one target, as stored and as typed. */
export interface Share {
  unitId: string
  saved: string | null
  savedDeadline: string | null
  value: string | null
  /** Null: the deadline of the task above. */
  deadline: string | null
  /** What was typed, as long as it cannot be read as a figure. */
  raw?: string | undefined
  error?: string | undefined
  suggest?: string | undefined
  /** A dry run found nothing against it. */
  checked?: boolean | undefined
  /** When the unit, and every leading department, took note of the issued task. */
  unitTook?: string | null | undefined
  leadTook?: string | null | undefined
  task?: { id: string; version: number; status: 'draft' | 'issued' | 'void' } | undefined
}
/** One target of the unit that splits. Drawn again when `rev` changes; its shares are plain objects. */
export interface SplitLine {
  key: string
  row: SplitRow
  first: boolean
  additive: boolean
  shares: Share[]
  rev: ShallowRef<{ sums: Sums }>
}
export interface Change {
  key: string
  col: number
  before: string
  after: string
}

export const locked = (share: Share): boolean => share.task?.status === 'issued'
export const textOf = (share: Share): string => share.raw ?? share.value ?? ''
export const dirty = (share: Share): boolean =>
  share.raw === undefined &&
  (share.value !== share.saved || (share.value !== null && share.deadline !== share.savedDeadline))

export class SplitSheet {
  readonly lines: SplitLine[]
  /** Counts every change, for what is drawn beside the grid. */
  readonly tick = shallowRef(0)

  constructor(
    readonly grid: SplitGrid,
    before?: SplitSheet,
  ) {
    const column = new Map(grid.units.map((u, i) => [u.id, i]))
    // In the order of the catalogue, as it is printed: 1.2 before 1.10, a group's items together.
    const rows = [...grid.rows].sort((a, b) => a.item_code.localeCompare(b.item_code, 'zh-CN', { numeric: true }))
    this.lines = rows.map((row, index) => {
      const shares: Share[] = grid.units.map((u) => ({
        unitId: u.id,
        saved: null,
        savedDeadline: null,
        value: null,
        deadline: null,
      }))
      for (const cell of row.cells) {
        const share = shares[column.get(cell.unit_id) ?? -1]
        if (!share) continue
        share.saved = share.value = cell.value
        // A date equal to the one above is the rule, another one is shown.
        share.savedDeadline = share.deadline = cell.deadline === row.deadline ? null : cell.deadline
        share.task = { id: cell.task_id, version: cell.task_version, status: cell.status }
        share.unitTook = cell.unit_acknowledged_at
        share.leadTook = cell.lead_acknowledged_at
      }
      const line: SplitLine = {
        key: row.target_id,
        row,
        first: rows[index - 1]?.task_id !== row.task_id,
        additive: !(row.balance === 'none' && row.sum === null),
        shares,
        rev: shallowRef({ sums: undefined as never }),
      }
      this.keep(line, before)
      line.rev.value = { sums: this.sums(line) }
      return line
    })
  }

  /** What was typed and not stored survives a refetch, unless somebody issued the share meanwhile. */
  private keep(line: SplitLine, before: SplitSheet | undefined): void {
    const old = before?.lines.find((l) => l.key === line.key)
    for (const was of old?.shares ?? []) {
      const now = line.shares.find((s) => s.unitId === was.unitId)
      if (!now || locked(now) || !(dirty(was) || was.raw !== undefined)) continue
      Object.assign(now, {
        value: was.value,
        deadline: was.deadline,
        raw: was.raw,
        error: was.error,
        suggest: was.suggest,
      })
    }
  }
  private sums(line: SplitLine): Sums {
    return balanceOf(
      line.row.value,
      line.shares.map((s) => s.value),
      line.additive,
    )
  }
  private touch(line: SplitLine): void {
    line.rev.value = { sums: this.sums(line) }
    this.tick.value += 1
    triggerRef(this.tick)
  }

  write(line: SplitLine, col: number, text: string): Change | undefined {
    const share = line.shares[col]
    if (!share || locked(share)) return undefined
    const before = textOf(share)
    if (before === text.trim() && !share.error) return undefined
    const reading = readNumber(text, { measure: line.row.measure_name, decimals: line.row.decimals })
    share.raw = share.error = share.suggest = share.checked = undefined
    if (reading.kind === 'ok' && !reading.value?.startsWith('-')) share.value = reading.value
    else {
      share.raw = text.trim()
      share.value = null
      share.error = reading.kind === 'ok' ? t('目标值不能为负数') : reading.message
      if (reading.kind === 'suggest') share.suggest = reading.value
    }
    this.touch(line)
    return { key: line.key, col, before, after: textOf(share) }
  }

  /** A deadline belongs to the task, so it holds for every indicator of the item. Empty means the date above. */
  date(line: SplitLine, cols: number[], day: string): void {
    const deadline = day && day !== line.row.deadline ? day : null
    for (const each of this.lines) {
      if (each.row.task_id !== line.row.task_id) continue
      for (const col of cols) {
        const share = each.shares[col]
        if (!share || locked(share)) continue
        share.deadline = deadline
        share.error = share.raw === undefined ? undefined : share.error
      }
      this.touch(each)
    }
  }

  /** What is still to be given: the target less what is issued and cannot change. */
  open(line: SplitLine, cols: number[]): string | null {
    if (line.row.value === null) return null
    return line.shares.reduce(
      (left, s, i) => (s.value !== null && (locked(s) || !cols.includes(i)) ? subtract(left, s.value) : left),
      line.row.value,
    )
  }
  /** A fair first draft for the open shares among `cols`; null with no basis for it. */
  suggest(line: SplitLine, cols: number[], weights: (col: number) => string): [number, string][] | null {
    const open = cols.filter((c) => line.shares[c] && !locked(line.shares[c] as Share))
    const left = this.open(line, open)
    if (left === null || !line.additive || !open.length) return null
    const found = shareOut(left, open.map(weights), line.row.decimals)
    return found ? open.map((col, i) => [col, found[i] as string]) : null
  }

  byKey(key: string): SplitLine | undefined {
    return this.lines.find((l) => l.key === key)
  }
  changed(): { line: SplitLine; share: Share }[] {
    return this.lines.flatMap((line) => line.shares.filter(dirty).map((share) => ({ line, share })))
  }
  broken(): number {
    return this.lines.reduce((n, l) => n + l.shares.filter((s) => s.raw !== undefined).length, 0)
  }
  /** Draft tasks of some lines, each once: a task with two indicators stands in two rows. */
  drafts(lines: readonly SplitLine[]): { id: string; version: number }[] {
    const found = new Map<string, { id: string; version: number }>()
    for (const line of lines)
      for (const s of line.shares)
        if (s.task?.status === 'draft') found.set(s.task.id, { id: s.task.id, version: s.task.version })
    return [...found.values()]
  }
  /** Lays the answers of the server on the shares that were sent, in their order. */
  settle(sent: { line: SplitLine; share: Share }[], results: readonly SplitResult[]): number {
    let refused = 0
    for (const result of results) {
      const it = sent[result.index]
      if (!it) continue
      const bad = result.outcome === 'refused'
      it.share.error = bad ? result.errors.map((e) => e.message).join(' ') : undefined
      it.share.checked = !bad
      refused += bad ? 1 : 0
      this.touch(it.line)
    }
    return refused
  }
  /** Refusals of the bulk issue name tasks. */
  refuse(taskId: string, message: string): void {
    for (const line of this.lines)
      for (const s of line.shares)
        if (s.task?.id === taskId) {
          s.error = message
          this.touch(line)
        }
  }
}

export function cellIn({ line, share }: { line: SplitLine; share: Share }): SplitCellIn {
  return {
    parent_id: line.row.task_id,
    unit_id: share.unitId,
    indicator_id: line.row.indicator_id,
    value: share.value,
    deadline: share.deadline ?? line.row.deadline,
  }
}
