/** The only door of screens to the server. When the generated client replaces this file, names and results stay. */
import { call, uuid } from './client'
import type * as T from './types'

export { ProblemError, uuid, call } from './client'
export type * from './types'
export { useSession } from './session'

type Query = Record<string, string | number | boolean | null | undefined>
/** Body of a create or change: server-kept fields are never sent. */
export type Draft<E> = Partial<Omit<E, 'id' | 'version' | 'actions'>> & Record<string, unknown>

/** list · get · create · change for one collection, plus its moves. */
function collection<E extends T.Entity>(path: string) {
  return {
    list: (query: Query = {}) => call<T.Page<E>>('GET', path, { query }),
    get: (id: string) => call<E>('GET', `${path}/${id}`),
    create: (body: Draft<E>, idempotencyKey = uuid()) => call<E>('POST', path, { body, idempotencyKey }),
    change: (row: T.Entity, body: Draft<E>) => call<E>('PATCH', `${path}/${row.id}`, { body, version: row.version }),
    /** A life-cycle move: its verb is its URL and its button. */
    move: (row: T.Entity, verb: string, body: object = {}) =>
      call<E>('POST', `${path}/${row.id}/${verb}`, { body, version: row.version }),
  }
}

/** Reads every page of a list that is short by nature (units of a county, roles); never for reports. */
export async function all<E>(list: (query: Query) => Promise<T.Page<E>>, query: Query = {}): Promise<E[]> {
  const rows: E[] = []
  let cursor: string | undefined
  do {
    const page = await list({ ...query, limit: 200, cursor })
    rows.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor)
  return rows
}

/** A report is called `id` on the wire; the grid also holds targets and tasks and names it in full. */
function entryRow(row: T.EntryRow & { id?: string }): T.EntryRow {
  return { ...row, report_id: row.id ?? row.report_id }
}
interface Refusal {
  code?: string | null
  detail?: string | null
}
/** A refusal without field errors still has a sentence; it is shown where the errors would be. */
function reasons(result: { errors: T.FieldError[] } & Refusal): T.FieldError[] {
  if (result.errors.length || !result.detail) return result.errors
  return [{ pointer: '', code: result.code ?? 'refused', message: result.detail }]
}

type TaskMove = Omit<T.MoveResult, 'status'> & Refusal & { status: string | null }

export const api = {
  signIn: (username: string, password: string) => call<T.Me>('POST', '/session', { body: { username, password } }),
  signOut: () => call<undefined>('DELETE', '/session'),
  me: () => call<T.Me>('GET', '/me'),
  changePassword: (current: string, next: string) =>
    call<unknown>('POST', '/me/password', { body: { current, new: next } }),
  demoAccounts: () => call<T.DemoAccount[] | T.Page<T.DemoAccount>>('GET', '/session/demo-accounts'),

  units: collection<T.Unit>('/units'),
  importUnits: (csv: string, dryRun: boolean) =>
    call<T.UnitImport>('POST', '/units/import', {
      body: csv,
      query: { dry_run: dryRun },
      headers: { 'Content-Type': 'text/csv' },
    }),
  users: collection<T.User>('/users'),
  roles: collection<T.Role>('/roles'),
  grants: collection<T.Grant>('/grants'),
  permissions: () => call<T.Permission[]>('GET', '/permissions'),
  measures: collection<T.Measure>('/measures'),

  programmes: collection<T.Programme>('/programmes'),
  items: collection<T.Item>('/items'),
  indicators: collection<T.Indicator>('/indicators'),
  tasks: collection<T.Task>('/tasks'),
  split: (programmeId: string, unitId?: string) =>
    call<T.SplitGrid>('GET', `/programmes/${programmeId}/split`, { query: { unit_id: unitId } }),
  saveSplit: (cells: T.SplitCellIn[], dryRun = false) =>
    call<{ results: T.SplitResult[] }>('POST', '/tasks:split', {
      body: { mode: 'each', dry_run: dryRun, cells },
      idempotencyKey: uuid(),
    }),
  issueTasks: (rows: T.Entity[]) =>
    call<{ results: TaskMove[] }>('POST', '/tasks:issue', {
      body: { mode: 'each', rows: rows.map(({ id, version }) => ({ id, version })) },
      idempotencyKey: uuid(),
    }),
  plan: (targetId: string) => call<T.Plan>('GET', `/targets/${targetId}/plan`),
  savePlan: (plan: T.Plan) =>
    call<T.Plan>('PUT', `/targets/${plan.target_id}/plan`, {
      body: { kind: plan.kind, points: plan.points },
      version: plan.version,
    }),

  entrySheet: async (period: T.Period | undefined, unitId: string | undefined): Promise<T.EntrySheet> => {
    const sheet = await call<T.EntrySheet>('GET', '/entry-sheet', { query: { period, unit_id: unitId } })
    return { ...sheet, rows: sheet.rows.map(entryRow) }
  },
  saveReports: async (changes: T.ReportChange[], idempotencyKey = uuid()): Promise<{ results: T.BatchResult[] }> => {
    const { results } = await call<{ results: (T.BatchResult & Refusal)[] }>('POST', '/reports:batch', {
      body: { mode: 'each', changes },
      idempotencyKey,
    })
    return { results: results.map((r) => ({ ...r, errors: reasons(r), report: r.report ? entryRow(r.report) : null })) }
  },
  moveReports: async (verb: T.MoveVerb, reports: T.Entity[], reason?: string): Promise<{ results: T.MoveResult[] }> => {
    const { results } = await call<{ results: (T.MoveResult & Refusal)[] }>('POST', `/reports:${verb}`, {
      body: { mode: 'each', rows: reports.map(({ id, version }) => ({ id, version })), reason },
      idempotencyKey: uuid(),
    })
    return { results: results.map((r) => ({ ...r, errors: r.outcome === 'moved' ? [] : reasons(r) })) }
  },
  desk: (period: T.Period, programmeId: string) =>
    call<T.ReviewDesk>('GET', '/reports/desk', { query: { period, programme_id: programmeId } }),
  report: (id: string) => call<T.EntryRow>('GET', `/reports/${id}`).then(entryRow),
  reportList: (query: Query) => call<T.Page<T.ReportRow>>('GET', '/reports', { query }),
  reportFull: (id: string) => call<T.Report>('GET', `/reports/${id}`),
  moveReport: (row: T.Entity, verb: string, body: object = {}) =>
    call<T.Report>('POST', `/reports/${row.id}/${verb}`, { body, version: row.version }),
  rounds: collection<T.Round>('/rounds'),

  workbench: () => call<T.Workbench>('GET', '/workbench'),
  boardSummary: (on?: T.Day) => call<{ items: T.BoardSummary[] }>('GET', '/boards/summary', { query: { on } }),
  matrix: (query: Query) => call<T.BoardMatrix>('GET', '/boards/matrix', { query }),
  lag: (query: Query) => call<T.Lag>('GET', '/boards/lag', { query }),
  light: (targetId: string, on?: T.Day) =>
    call<T.Judgement>('GET', '/boards/light', { query: { target_id: targetId, on } }),
  curve: (targetId: string) => call<T.Curve>('GET', '/boards/curve', { query: { target_id: targetId } }),
}
