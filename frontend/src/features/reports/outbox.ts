import type { BatchResult, CauseCode, ReportChange, ValueIn } from '@/api'
import { ProblemError } from '@/api/daily'
import type { Store } from '@/api/store'

/** One thing the clerk wrote and the server has not taken yet. `target` is empty for the words of the whole row. */
export interface Entry {
  key: string
  owner: string
  report: string
  target: string
  field: FieldName
  mine: string | null
  /** What the clerk saw when he wrote: the server compares it to tell a conflict. */
  base: string | null
  version: number
  at: number
  state: 'waiting' | 'conflict' | 'refused'
  theirs?: string | null
  by?: string | null
  when?: string | null
  message?: string
}
export type FieldName =
  | 'current'
  | 'value'
  | 'numerator'
  | 'denominator'
  | 'fall_reason'
  | 'explanation'
  | 'note'
  | 'cause_code'
  | 'cause_note'
  | WordName
  | AttributeName
/** What is said of a report as a whole beside note and cause. */
export type WordName = 'physical_note' | 'physical_pct' | 'invested_fen' | 'expected_on'
/** What a figure rests on. */
export type AttributeName = 'as_of' | 'source_basis' | 'state' | 'approx' | 'expected'
export type FigureName = 'current' | 'value' | 'numerator' | 'denominator'
export type Write = Pick<Entry, 'report' | 'target' | 'field' | 'mine' | 'base' | 'version'>

/** A change as the outbox builds it: the order of `values` is what error pointers refer to. */
type RowChange = ReportChange & { values: ValueIn[] }
type Send = (changes: ReportChange[]) => Promise<{ results: BatchResult[] }>
export interface Listener {
  /** The row as the server has it now; drawn with what still waits on top. */
  taken: (result: BatchResult, saved: Entry[]) => void
  /** Nothing came back, or nothing but a refusal of the whole request: every unsent cell may look different now. */
  failed: () => void
  changed: () => void
}

const BATCH = 500
/** Only figures are compared with what the clerk saw; of words the server compares versions. */
const FIGURES = new Set<FieldName>(['current', 'value', 'numerator', 'denominator'])

/**
 * What is typed goes here first and to the server 300 ms later. Kept on the machine, so a closed browser, a lost line or a
 * restarted server loses nothing. Two writes to one cell send one; a cell in conflict is held until a person decides.
 */
export class Outbox {
  readonly entries = new Map<string, Entry>()
  sending = false
  offline = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private again = false
  private closed = false
  private running: Promise<void> = Promise.resolve()

  constructor(
    private readonly owner: string,
    private readonly store: Store<Entry>,
    private readonly send: Send,
    private readonly listener: Listener,
    private readonly delay = 300,
  ) {}

  /** Entries of this person that an earlier visit left behind; another person's stay untouched on the machine. */
  async restore(): Promise<void> {
    for (const entry of await this.store.all()) if (entry.owner === this.owner) this.entries.set(entry.key, entry)
    this.listener.changed()
    if (this.waiting().length) this.schedule(0)
  }

  put(write: Write): Entry {
    const key = `${this.owner}|${write.report}|${write.target}|${write.field}`
    const before = this.entries.get(key)
    const entry: Entry = {
      ...write,
      key,
      owner: this.owner,
      // A second write before sending is still a change of what was seen the first time.
      base: before?.state === 'waiting' ? before.base : write.base,
      at: Date.now(),
      state: 'waiting',
    }
    this.entries.set(key, entry)
    void this.store.put(entry)
    this.listener.changed()
    this.schedule(this.delay)
    return entry
  }

  find(report: string, target: string, field: FieldName): Entry | undefined {
    return this.entries.get(`${this.owner}|${report}|${target}|${field}`)
  }
  ofReport(report: string): Entry[] {
    return [...this.entries.values()].filter((e) => e.report === report)
  }
  waiting(): Entry[] {
    return [...this.entries.values()].filter((e) => e.state === 'waiting')
  }
  conflicts(): Entry[] {
    return [...this.entries.values()].filter((e) => e.state === 'conflict')
  }

  /** 用我的: send mine again, now knowing theirs. */
  keepMine(entry: Entry): void {
    this.entries.delete(entry.key)
    this.put({ ...entry, base: entry.theirs ?? null })
  }
  /** 用对方的, or an undo of something never sent. */
  drop(entry: Entry): void {
    this.entries.delete(entry.key)
    void this.store.remove(entry.key)
    this.listener.changed()
  }

  schedule(delay: number): void {
    clearTimeout(this.timer)
    if (this.closed) return
    this.timer = setTimeout(() => void this.flush(), delay)
  }
  /** Leaves what waits on the machine: after this nothing is sent by itself. */
  stop(): void {
    this.closed = true
    clearTimeout(this.timer)
  }

  /** Sends what waits; never two requests at once. Resolves when everything sendable has been answered. */
  flush(): Promise<void> {
    clearTimeout(this.timer)
    if (this.sending) this.again = true
    else this.running = this.run()
    return this.running
  }

  private async run(): Promise<void> {
    const batch = this.waiting().slice(0, BATCH)
    if (!batch.length) return
    this.sending = true
    let progress = false
    try {
      const changes = changesOf(batch)
      const { results } = await this.send(changes)
      this.offline = false
      progress = this.settle(batch, changes, results)
    } catch (problem) {
      this.fail(batch, problem)
      this.listener.failed()
    } finally {
      this.sending = false
      this.listener.changed()
    }
    const more = this.waiting().length > 0
    if (more && (progress || this.again)) {
      this.again = false
      await this.run()
    } else if (more) this.schedule(this.offline ? 5000 : 15_000)
  }

  private fail(batch: Entry[], problem: unknown): void {
    this.offline = problem instanceof ProblemError && problem.offline
    // Not our words that are wrong: signed out, busy, restarted. They wait.
    if (this.offline || (problem instanceof ProblemError && (problem.status === 401 || problem.status >= 429))) return
    for (const entry of batch) this.refuse(entry, problem instanceof Error ? problem.message : String(problem))
  }

  private settle(batch: Entry[], changes: RowChange[], results: BatchResult[]): boolean {
    let progress = false
    for (const result of results) {
      const order = changes.find((c) => c.report_id === result.report_id)?.values.map((v) => v.target_id) ?? []
      const sent = batch.filter((e) => e.report === result.report_id)
      const saved: Entry[] = []
      for (const was of sent) {
        const now = this.entries.get(was.key)
        if (!now) continue
        const outcome = judge(was, result, order)
        if (outcome === 'saved') {
          saved.push(was)
          progress = true
          if (now === was) this.remove(was)
          // Typed again while the request was under way: what was just stored is the new base.
          else this.replace({ ...now, base: was.mine, version: result.version ?? now.version })
        } else if (outcome === 'wait') {
          // Nothing wrong with this cell; its row was held up by another one. Goes again with the new version.
          if (result.version !== null && now.version !== result.version) progress = true
          this.replace({ ...now, version: result.version ?? now.version })
        } else if (now === was) {
          progress = true
          this.replace({ ...was, ...outcome, version: result.version ?? was.version })
        }
      }
      this.listener.taken(result, saved)
    }
    return progress
  }

  private refuse(entry: Entry, message: string): void {
    if (this.entries.get(entry.key) === entry) this.replace({ ...entry, state: 'refused', message })
  }
  private replace(entry: Entry): void {
    this.entries.set(entry.key, entry)
    void this.store.put(entry)
  }
  private remove(entry: Entry): void {
    this.entries.delete(entry.key)
    void this.store.remove(entry.key)
  }
}

/** One change per report, its values in the order of first appearance. */
export function changesOf(batch: Entry[]): RowChange[] {
  const reports = new Map<string, RowChange>()
  for (const e of batch) {
    let change = reports.get(e.report)
    if (!change) reports.set(e.report, (change = { report_id: e.report, base_version: e.version, values: [] }))
    change.base_version = Math.max(change.base_version, e.version)
    if (!e.target) {
      if (e.field === 'cause_code') change.cause_code = e.mine as CauseCode | null
      else if (e.field === 'invested_fen') change.invested_fen = e.mine === null ? null : Number(e.mine)
      else change[e.field as 'note' | 'cause_note'] = e.mine
      continue
    }
    let value = change.values.find((v) => v.target_id === e.target)
    if (!value) change.values.push((value = { target_id: e.target }))
    if (e.field === 'approx') value.approx = e.mine === 'true'
    else value[e.field as FigureName | 'fall_reason' | 'explanation'] = e.mine
    if (FIGURES.has(e.field)) value.base = { ...value.base, [e.field]: e.base }
  }
  return [...reports.values()]
}

type Outcome = 'saved' | 'wait' | Pick<Entry, 'state' | 'theirs' | 'by' | 'when' | 'message'>

function judge(entry: Entry, result: BatchResult, order: string[]): Outcome {
  if (result.outcome === 'applied' || result.outcome === 'unchanged') return 'saved'
  const clash = result.conflicts.find((c) => c.field === entry.field && (c.target_id ?? '') === entry.target)
  if (clash) return { state: 'conflict', theirs: clash.theirs, by: nameOnly(clash.by), when: clash.at ?? null }
  const error = result.errors.find((e) => pointsAt(e.pointer, entry, order))
  if (error) return { state: 'refused', message: error.message }
  if (
    result.outcome === 'refused' &&
    !result.errors.some((e) => /values|cells|note|cause|physical|invested|expected/.test(e.pointer))
  )
    return { state: 'refused', message: result.errors[0]?.message ?? '' }
  return result.outcome === 'conflict' && stored(entry, result) ? 'saved' : 'wait'
}

/** An id says nothing to a clerk; without a name the screen says 他人. */
function nameOnly(by: string | null | undefined): string | null {
  return by && !/^[0-9a-f]{8}-/.test(by) ? by : null
}

/** Pointers name the place in the values as they were sent: `/values/1/current`. */
function pointsAt(pointer: string, entry: Entry, order: string[]): boolean {
  if (!entry.target) return pointer.endsWith(`/${entry.field}`)
  const index = /values\/(\d+)(?=\/|$)/.exec(pointer)?.[1]
  return index === undefined ? pointer.includes(entry.target) : order[Number(index)] === entry.target
}

function stored(entry: Entry, result: BatchResult): boolean {
  const cell = result.report?.cells.find((c) => c.target_id === entry.target)
  return !!cell && (cell[entry.field as FigureName] ?? null) === entry.mine
}
