import { computed, ref, shallowReactive, shallowRef } from 'vue'
import { api, useSession, type EntrySheet, type FieldError, type MoveVerb, type Report, type ReportCell } from '@/api'
import { openStore } from '@/api/store'
import { byCode } from '@/ui/codes'
import { add, subtract } from '@/ui/decimal'
import { causeName } from '@/ui/causes'
import { quantity } from '@/ui/format'
import { t } from '@/ui/i18n'
import { halfWidth, readNumber, type Reading } from '@/ui/numbers'
import { Outbox, type Entry, type FieldName, type FigureName } from './outbox'

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
interface KeptSheet {
  key: string
  sheet: EntrySheet
}
export interface Change {
  key: string
  col: Column
  before: string
  after: string
}

const sheets = openStore<KeptSheet>('sheets')

/**
 * The last words of the screen that was left. Two outboxes of one person would send the same words twice, and a sheet
 * read before they arrive would be old; but nobody waits long for a line that hangs.
 */
let farewell: Promise<unknown> = Promise.resolve()
const PATIENCE = 3000

export function useSheet() {
  const session = useSession()
  const owner = session.me?.user.id ?? ''
  const sheet = shallowRef<EntrySheet>()
  const lines = shallowRef<Line[]>([])
  const problem = shallowRef<unknown>()
  const loading = ref(false)
  const stale = ref(false)
  const tick = ref(0)
  const savedCells = new Set<string>()
  const savedAt = ref<Date>()
  const faults = new Map<string, Partial<Record<Column, { raw: string; mark: Mark }>>>()
  const moveErrors = new Map<string, FieldError[]>()
  /** Rows as the server answered a write: a sheet that was asked for before and comes later is older than they are. */
  const written = new Map<string, Report>()
  const newer = (row: Report): Report => {
    const known = written.get(row.id)
    return known && known.version > row.version ? known : row
  }

  const outbox = new Outbox(owner, openStore<Entry>('outbox'), (changes) => api.saveReports(changes), {
    changed: () => {
      tick.value += 1
    },
    failed: () => lines.value.forEach(paint),
    taken: (result, saved) => {
      for (const e of saved) savedCells.add(`${e.report}|${e.target}|${e.field}`)
      if (saved.length) savedAt.value = new Date()
      if (result.report) replaceRow(result.report)
      else refresh(result.report_id, result.version ?? undefined)
      keep()
    },
  })

  const keptUnder = (unit: string, period: string, below: boolean): string =>
    `${owner}|${unit}|${period}${below ? '|below' : ''}`

  const before = farewell
  async function restore(): Promise<void> {
    await before
    await outbox.restore()
    lines.value.forEach(paint)
  }
  function leave(): void {
    // Without a session there is nobody to send for; the words are sent when the person is back.
    const last = session.me ? outbox.flush() : Promise.resolve()
    outbox.stop()
    farewell = Promise.race([last, new Promise((done) => setTimeout(done, PATIENCE))])
  }

  async function load(period: string | undefined, unit: string | undefined, below = false): Promise<void> {
    loading.value = true
    problem.value = undefined
    const key = keptUnder(unit ?? '', period ?? '', below)
    try {
      await before
      const fresh = await api.entrySheet(period, unit, below)
      stale.value = false
      show(fresh)
      void sheets.put({ key, sheet: fresh })
      void sheets.put({ key: keptUnder(fresh.unit_id, fresh.period, below), sheet: fresh })
    } catch (caught) {
      const kept = await sheets.get(key)
      if (kept && (caught as { offline?: boolean }).offline) {
        stale.value = true
        show(kept.sheet)
      } else problem.value = caught
    } finally {
      loading.value = false
    }
  }

  /** Keeps what the server said last, so that an offline reload shows the newest figures. */
  function keep(): void {
    const now = sheet.value
    if (!now) return
    const rows = now.rows.map((r) => lines.value.find((l) => l.row.id === r.id)?.row ?? r)
    sheet.value = { ...now, rows }
    void sheets.put({ key: keptUnder(now.unit_id, now.period, now.below), sheet: sheet.value })
  }

  function show(next: EntrySheet): void {
    sheet.value = next
    faults.clear()
    moveErrors.clear()
    const made: Line[] = []
    for (const row of inOrder(next.rows.map(newer)))
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
    made.forEach(paint)
    lines.value = made
  }

  function replaceRow(answered: Report): void {
    const row = newer(answered)
    written.set(row.id, row)
    for (const line of lines.value)
      if (line.row.id === row.id) {
        line.cell = row.cells.find((c) => c.target_id === line.cell.target_id) ?? line.cell
        line.row = row
        paint(line)
      }
  }
  function refresh(report: string, version?: number): void {
    for (const line of lines.value)
      if (line.row.id === report) {
        if (version !== undefined && version !== line.row.version) line.row = { ...line.row, version }
        paint(line)
      }
  }

  const pending = (line: Line, field: FieldName): Entry | undefined =>
    outbox.find(line.row.id, isRowField(field) ? '' : line.cell.target_id, field)

  /** What the screen shows: the server's row with the unsent words of this person on top. */
  function paint(line: Line): void {
    const { cell, row } = line
    line.open = editable(row)
    if (cell.kind === 'ratio') {
      // A rate has two figures and no growth: its two columns are numerator and denominator.
      const over = pending(line, 'numerator')
      const under = pending(line, 'denominator')
      line.current = over ? over.mine : (cell.numerator ?? null)
      line.value = under ? under.mine : (cell.denominator ?? null)
    } else if (cell.accumulation === 'cumulative') {
      const typed = pending(line, 'current')
      line.current = typed ? typed.mine : (cell.current ?? null)
      line.value = typed ? (typed.mine === null ? null : add(cell.previous ?? '0', typed.mine)) : (cell.value ?? null)
    } else {
      const typed = pending(line, 'value')
      line.value = typed ? typed.mine : (cell.value ?? null)
      line.current = line.value !== null && cell.previous ? subtract(line.value, cell.previous) : null
    }
    const cause = pending(line, 'cause_code')
    const words = pending(line, 'cause_note')
    line.cause = cause ? cause.mine : (row.cause_code ?? null)
    line.note = words ? words.mine : (row.cause_note ?? null)
    const fault = faults.get(line.key) ?? {}
    line.raw = Object.fromEntries(Object.entries(fault).map(([col, f]) => [col, f?.raw]))
    line.errors = line.first ? (moveErrors.get(row.id) ?? []) : []
    line.marks = Object.fromEntries(COLUMNS.map((col) => [col, fault[col]?.mark ?? markOf(line, col)]))
  }

  function markOf(line: Line, col: Column): Mark | undefined {
    const field = fieldOf(line, col)
    if (!field) return undefined
    const entry = pending(line, field)
    if (entry?.state === 'conflict')
      return {
        kind: 'conflict',
        text: t('{by}在您填写时改成了 {value}', { by: entry.by || t('他人'), value: shown(entry.theirs) }),
        clash: entry,
      }
    if (entry?.state === 'refused') return { kind: 'invalid', text: entry.message ?? t('未保存') }
    if (entry) return { kind: 'waiting', text: outbox.offline ? t('已存本机，等待网络') : t('正在保存') }
    if (!line.open) return { kind: 'locked', text: lockReason(line.row) }
    // What only has to be explained is no fault of the figure: the warning beside it says so.
    const stop = line.row.problems.find((p) => p.code !== 'explanation-missing' && concerns(p.pointer, line, col))
    if (stop) return { kind: 'required', text: stop.message }
    const warn = line.row.warnings.find((p) => concerns(p.pointer, line, col))
    if (warn) return { kind: 'warning', text: warn.message }
    if (savedCells.has(`${line.row.id}|${isRowField(field) ? '' : line.cell.target_id}|${field}`))
      return { kind: 'saved', text: t('已保存') }
    const empty = line.cell.kind === 'ratio' && col === 'current' ? line.current === null : line.value === null
    if ((col === 'current' || col === 'value') && empty) return { kind: 'required', text: t('待填') }
    if (line.row.behind && ((col === 'cause' && !line.cause) || (col === 'note' && !line.note)))
      return { kind: 'required', text: t('落后须写原因') }
    return undefined
  }

  /** The text a cell would copy, edit or print. */
  function textOf(line: Line, col: Column): string {
    const raw = line.raw[col]
    if (raw !== undefined) return raw
    if (col === 'cause') return line.cause ?? ''
    if (col === 'note') return line.note ?? ''
    return (col === 'current' ? line.current : line.value) ?? ''
  }

  /** Takes typed, pasted or filled text into a cell. Returns the change for undo, or null when nothing changed. */
  function write(line: Line, col: Column, text: string): Change | null {
    const field = fieldOf(line, col)
    if (!field || !line.open) return null
    const before = textOf(line, col)
    const change: Change = { key: line.key, col, before, after: text }
    if (text === before) return null
    if (isRowField(field)) {
      const words = text.trim() || null
      store(line, field, words)
    } else {
      const reading = SAME.test(text.trim()) ? sameAsLast(line, col) : readFigure(text, line)
      const fault = faults.get(line.key) ?? {}
      if (reading.kind !== 'ok') {
        const mark: Mark = { kind: 'invalid', text: reading.message }
        if (reading.kind === 'suggest') mark.suggest = reading.value
        faults.set(line.key, { ...fault, [col]: { raw: text, mark } })
        paint(line)
        tick.value += 1
        return change
      }
      const { [col]: _solved, ...others } = fault
      faults.set(line.key, others)
      // A typed total of a cumulative figure is stored as what it adds: one field, one truth.
      const total = field === 'current' && col === 'value'
      store(
        line,
        field,
        total && reading.value !== null ? subtract(reading.value, line.cell.previous ?? '0') : reading.value,
      )
    }
    return change
  }

  function store(line: Line, field: FieldName, mine: string | null): void {
    const base = seen(line, field)
    const entry = pending(line, field)
    if (mine === base && entry && entry.state !== 'waiting') outbox.drop(entry)
    else if (mine !== (entry ? entry.mine : base))
      outbox.put({
        report: line.row.id,
        target: isRowField(field) ? '' : line.cell.target_id,
        field,
        mine,
        base,
        version: line.row.version,
      })
    refresh(line.row.id)
  }

  /** Writes what is said in the panel: words of the report, or what one of its figures rests on. */
  function say(line: Line, field: FieldName, text: string | null): void {
    const mine = text === null || text.trim() === '' ? null : text.trim()
    const kept = isRowField(field)
      ? (line.row[field as 'physical_note'] ?? null)
      : (line.cell[field as 'source_basis'] ?? null)
    const base = kept === null ? null : String(kept)
    const entry = pending(line, field)
    if (mine === (entry ? entry.mine : base)) return
    outbox.put({
      report: line.row.id,
      target: isRowField(field) ? '' : line.cell.target_id,
      field,
      mine,
      base,
      version: line.row.version,
    })
    refresh(line.row.id)
  }
  /** What a field of the panel shows: unsent words before the server's. */
  function said(line: Line, field: FieldName): string {
    const entry = pending(line, field)
    const kept = isRowField(field) ? line.row[field as 'physical_note'] : line.cell[field as 'source_basis']
    const found: unknown = entry ? entry.mine : kept
    return found === null || found === undefined ? '' : String(found)
  }
  /** Takes a row that was read or moved past the outbox: a comment settled, a correction begun. */
  async function reread(id: string): Promise<void> {
    replaceRow(await api.report(id))
    keep()
  }

  const byKey = (key: string): Line | undefined => lines.value.find((l) => l.key === key)

  async function move(verb: MoveVerb, reports: string[]): Promise<{ moved: number; refused: number }> {
    await outbox.flush()
    const rows = [...new Map(lines.value.map((l) => [l.row.id, l.row])).values()]
    const chosen = rows.filter((r) => reports.includes(r.id))
    const { results } = await api.moveReports(
      verb,
      chosen.map((r) => ({ id: r.id, version: r.version })),
    )
    let moved = 0
    for (const result of results) {
      moveErrors.delete(result.id)
      if (result.outcome === 'moved') moved += 1
      else
        moveErrors.set(
          result.id,
          result.errors.length
            ? result.errors
            : [{ pointer: '', code: 'conflict', message: t('别人刚改过这一行，已换成最新内容，请核对后再提交') }],
        )
    }
    const errors = new Map(moveErrors)
    const now = sheet.value
    if (now) await load(now.period, now.unit_id, now.below)
    for (const [id, list] of errors) {
      moveErrors.set(id, list)
      refresh(id)
    }
    return { moved, refused: results.length - moved }
  }

  const counts = computed(() => {
    void tick.value
    const reports = new Map<string, boolean>()
    const known = new Map<string, Report>()
    let invalid = 0
    for (const line of lines.value) {
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
      saved: savedCells.size,
      prefilled: sumOf(known, (r) => r.prefill.filled),
      fields: sumOf(known, (r) => r.prefill.total),
      comments: sumOf(known, (r) => r.open_comments),
    }
  })

  /** 用对方的: what was written here is given up, and the sheet read again. */
  function giveUp(entry: Entry): void {
    outbox.drop(entry)
    void reread(entry.report)
  }

  return {
    giveUp,
    sheet,
    lines,
    problem,
    loading,
    stale,
    tick,
    savedAt,
    counts,
    outbox,
    restore,
    leave,
    load,
    write,
    textOf,
    move,
    byKey,
    pending,
    refresh,
    say,
    said,
    reread,
  }
}
export type Sheet = ReturnType<typeof useSheet>

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

const sumOf = (rows: Map<string, Report>, of: (row: Report) => number): number =>
  [...rows.values()].reduce((n, row) => n + of(row), 0)

/** An equals sign typed into a figure cell means 与上期相同. */
export const SAME_AS_LAST = '='
const SAME = /^[=＝]$/
/** A level is typed as its label or its place; the two figures of a rate have no unit of their own. */
function readFigure(text: string, { cell }: Line): Reading {
  if (cell.levels.length) {
    const words = halfWidth(text)
    const place = cell.levels.findIndex((level) => level === words || level === text.trim())
    if (place >= 0) return { kind: 'ok', value: String(place + 1) }
    if (words === '' || (/^\d+$/.test(words) && Number(words) >= 1 && Number(words) <= cell.levels.length))
      return { kind: 'ok', value: words || null }
    return { kind: 'invalid', message: t('请填等级：{levels}', { levels: cell.levels.join('、') }) }
  }
  if (cell.kind === 'ratio') return readNumber(text, { measure: '', decimals: 6 })
  return readNumber(text, { measure: cell.measure_name, decimals: cell.decimals })
}
/** Nothing was added to a cumulative figure; a snapshot stands where it stood. */
function sameAsLast(line: Line, col: Column): Reading {
  const { accumulation, previous, kind } = line.cell
  if (kind === 'ratio') return { kind: 'invalid', message: t('比率请分别填分子和分母') }
  if (accumulation === 'cumulative') return { kind: 'ok', value: col === 'value' ? previous : '0' }
  return previous === null ? { kind: 'invalid', message: t('上期没有数，请填写') } : { kind: 'ok', value: previous }
}
/** Units and programmes as the server lists them, items as their list is printed. */
function inOrder(rows: Report[]): Report[] {
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
function seen(line: Line, field: FieldName): string | null {
  if (FIGURES.has(field) || field === 'fall_reason') return line.cell[field as FigureName | 'fall_reason'] ?? null
  return line.row[field as 'note' | 'cause_code' | 'cause_note'] ?? null
}
function editable(row: Report): boolean {
  const edit = row.actions.find((a) => a.verb === 'edit')
  if (edit) return edit.enabled
  if (!row.actions.some((a) => a.verb === 'submit')) return false
  return row.status === 'draft' && (row.round.state === 'open' || row.round.state === 'overdue')
}
function lockReason(row: Report): string {
  const edit = row.actions.find((a) => a.verb === 'edit')
  if (edit?.reason) return edit.reason
  if (row.round.state === 'closed') return t('填报期已关闭')
  if (row.round.state === 'scheduled') return t('填报期还没开始')
  return t('已提交，撤回后才能改')
}
function concerns(pointer: string, line: Line, col: Column): boolean {
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
