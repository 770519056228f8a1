import { computed, ref, shallowRef } from 'vue'
import { api, useSession, type EntrySheet, type FieldError, type MoveVerb, type Report } from '@/api/daily'
import { openStore } from '@/api/store'
import { add, subtract } from '@/ui/decimal'
import { causeOf } from '@/ui/causes'
import { t } from '@/ui/i18n'
import {
  COLUMNS,
  editable,
  fieldOf,
  isRowField,
  linesOf,
  seen,
  type Change,
  type Column,
  type Line,
  type Mark,
} from './lines'
import { markOf } from './marks'
import { Outbox, type Entry, type FieldName } from './outbox'
import { readCell } from './reading'
import { tally } from './tally'

interface KeptSheet {
  key: string
  sheet: EntrySheet
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

  /** Keeps what the server said last, so that an offline reload shows the newest figures; once for a whole answer. */
  let keeping = false
  function keep(): void {
    if (keeping) return
    keeping = true
    queueMicrotask(keepNow)
  }
  function keepNow(): void {
    keeping = false
    const now = sheet.value
    if (!now) return
    const rows = now.rows.map((r) => ofReport(r.id)[0]?.row ?? r)
    sheet.value = { ...now, rows }
    void sheets.put({ key: keptUnder(now.unit_id, now.period, now.below), sheet: sheet.value })
  }

  function show(next: EntrySheet): void {
    sheet.value = next
    faults.clear()
    moveErrors.clear()
    const made = linesOf(next.rows.map(newer))
    made.forEach(paint)
    lines.value = made
    byReport.clear()
    for (const line of made) {
      const known = byReport.get(line.row.id)
      if (known) known.push(line)
      else byReport.set(line.row.id, [line])
    }
  }
  /** Pasting writes a thousand cells: nobody goes through all the lines for each. */
  const byReport = new Map<string, Line[]>()
  const ofReport = (report: string): Line[] => byReport.get(report) ?? []

  function replaceRow(answered: Report): void {
    const row = newer(answered)
    written.set(row.id, row)
    for (const line of ofReport(row.id)) {
      line.cell = row.cells.find((c) => c.target_id === line.cell.target_id) ?? line.cell
      line.row = row
      paint(line)
    }
  }
  function refresh(report: string, version?: number): void {
    for (const line of ofReport(report)) {
      if (version !== undefined && version !== line.row.version) line.row = { ...line.row, version }
      paint(line)
    }
  }

  const pending = (line: Line, field: FieldName): Entry | undefined =>
    outbox.find(line.row.id, placeOf(line, field), field)

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
    line.marks = Object.fromEntries(COLUMNS.map((col) => [col, fault[col]?.mark ?? own(line, col)]))
  }

  function own(line: Line, col: Column): Mark | undefined {
    const field = fieldOf(line, col)
    if (!field) return undefined
    const saved = savedCells.has(`${line.row.id}|${placeOf(line, field)}|${field}`)
    return markOf(line, col, pending(line, field), { offline: outbox.offline, saved })
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
      store(line, field, field === 'cause_code' && words ? causeOf(words) : words)
    } else {
      const reading = readCell(text, line, col)
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
        target: placeOf(line, field),
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
      target: placeOf(line, field),
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
    return tally(lines.value, outbox, savedCells.size)
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
/** Words of a row lie at the report, everything else at its target. */
const placeOf = (line: Line, field: FieldName): string => (isRowField(field) ? '' : line.cell.target_id)
export type Sheet = ReturnType<typeof useSheet>
