/** The only door of screens to the server: one line an operation, typed by the contract. */
import { call, download, uuid, type Operation } from './client'
import type * as Gen from './gen/types.gen'
import type * as T from './types'

export { ProblemError, uuid } from './client'
export type * from './types'
export { useSession } from './session'

export type QueryOf<O extends Operation> = NonNullable<O['query']>
/** What a collection takes and gives; `change` is absent where rows are never changed in place. */
interface Shapes {
  row: T.Entity
  list: Operation
  create: Operation
  change: Operation
}

/** list · get · create · change for one collection, plus its moves. */
export function collection<S extends Shapes>(url: S['list']['url'] & S['create']['url']) {
  type Row = S['row']
  const one = `${url}/{id}`
  const at = (row: T.Entity): { id: string } => ({ id: row.id })
  return {
    list: (query?: QueryOf<S['list']>) => call<Operation, T.Page<Row>>('GET', url, { query }),
    get: (id: string) => call<Operation, Row>('GET', one, { path: { id } }),
    create: (body: S['create']['body'], idempotencyKey = uuid()) =>
      call<Operation, Row>('POST', url, { body }, { idempotencyKey }),
    change: (row: T.Entity, body: S['change']['body']) =>
      call<Operation, Row>('PATCH', one, { path: at(row), body }, { version: row.version }),
    /** A life-cycle move: its verb is its URL and its button. */
    move: (row: T.Entity, verb: string, body?: object) =>
      call<Operation, Row>('POST', `${one}/${verb}`, { path: at(row), body }, { version: row.version }),
  }
}

/** Reads every page of a list that is short by nature (units of a county, roles); never for reports. */
export async function all<E, Q extends { limit?: number; cursor?: string | null }>(
  list: (query?: Q) => Promise<T.Page<E>>,
  query?: Q,
): Promise<E[]> {
  const rows: E[] = []
  let cursor: string | null = null
  do {
    const page: T.Page<E> = await list({ ...query, limit: 1000, cursor } as Q)
    rows.push(...page.items)
    cursor = page.next
  } while (cursor)
  return rows
}

const refs = (rows: T.Entity[]): T.Entity[] => rows.map(({ id, version }) => ({ id, version }))

/** A refusal without field errors still has a sentence; it is shown where the errors would be. */
function reasoned<R extends Pick<T.MoveResult, 'errors' | 'code' | 'detail'>>(result: R): R {
  if (result.errors.length || !result.detail) return result
  return { ...result, errors: [{ pointer: '', code: result.code ?? 'refused', message: result.detail }] }
}

export const api = {
  signIn: (username: string, password: string) =>
    call<Gen.LogInData, T.Me>('POST', '/api/v1/session', { body: { username, password } }),
  signOut: () => call<Gen.LogOutData, undefined>('DELETE', '/api/v1/session', {}),
  me: () => call<Gen.GetMeData, T.Me>('GET', '/api/v1/me', {}),
  changePassword: (current: string, next: string) =>
    call<Gen.ChangeOwnPasswordData, unknown>('POST', '/api/v1/me/password', { body: { current, new: next } }),
  demoAccounts: () => call<Gen.ListDemoAccountsData, T.DemoAccount[]>('GET', '/api/v1/session/demo-accounts', {}),

  units: collection<{
    row: T.Unit
    list: Gen.ListUnitsData
    create: Gen.CreateUnitData
    change: Gen.ChangeUnitData
  }>('/api/v1/units'),
  importUnits: (csv: string, dryRun: boolean) =>
    call<Operation, T.UnitImport>(
      'POST',
      '/api/v1/units/import' satisfies Gen.ImportUnitsData['url'],
      { body: csv, query: { dry_run: dryRun } satisfies Gen.ImportUnitsData['query'] },
      { contentType: 'text/csv' },
    ),
  users: collection<{
    row: T.User
    list: Gen.ListUsersData
    create: Gen.CreateUserData
    change: Gen.ChangeUserData
  }>('/api/v1/users'),
  roles: collection<{
    row: T.Role
    list: Gen.ListRolesData
    create: Gen.CreateRoleData
    change: Gen.ChangeRoleData
  }>('/api/v1/roles'),
  grants: collection<{
    row: T.Grant
    list: Gen.ListGrantsData
    create: Gen.CreateGrantData
    change: never
  }>('/api/v1/grants'),
  permissions: () => call<Gen.ListPermissionsData, T.Permission[]>('GET', '/api/v1/permissions', {}),
  measures: collection<{
    row: T.Measure
    list: Gen.ListMeasuresData
    create: Gen.CreateMeasureData
    change: never
  }>('/api/v1/measures'),

  programmes: collection<{
    row: T.Programme
    list: Gen.ListProgrammesData
    create: Gen.CreateProgrammeData
    change: Gen.ChangeProgrammeData
  }>('/api/v1/programmes'),
  items: collection<{
    row: T.Item
    list: Gen.ListItemsData
    create: Gen.CreateItemData
    change: Gen.ChangeItemData
  }>('/api/v1/items'),
  indicators: collection<{
    row: T.Indicator
    list: Operation
    create: Gen.CreateIndicatorData
    change: Gen.ChangeIndicatorData
  }>('/api/v1/indicators'),
  tasks: collection<{
    row: T.Task
    list: Gen.ListTasksData
    create: Gen.CreateTaskData
    change: Gen.ChangeTaskData
  }>('/api/v1/tasks'),
  adjustments: collection<{
    row: T.Adjustment
    list: Gen.ListAdjustmentsData
    create: Gen.CreateAdjustmentData
    change: never
  }>('/api/v1/adjustments'),
  taskStates: collection<{
    row: T.TaskState
    list: Gen.ListTaskStatesData
    create: Gen.CreateTaskStateData
    change: never
  }>('/api/v1/task-states'),
  split: (programmeId: string, unitId?: string) =>
    call<Gen.GetSplitData, T.SplitGrid>('GET', '/api/v1/programmes/{id}/split', {
      path: { id: programmeId },
      query: { unit_id: unitId },
    }),
  saveSplit: (cells: T.SplitCellIn[], dryRun = false) =>
    call<Gen.SplitTasksData, Gen.SplitResults>(
      'POST',
      '/api/v1/tasks:split',
      { body: { mode: 'each', dry_run: dryRun, cells } },
      { idempotencyKey: uuid() },
    ),
  issueTasks: (rows: T.Entity[]) =>
    call<Gen.IssueTasksData, Gen.MoveResults>(
      'POST',
      '/api/v1/tasks:issue',
      { body: { mode: 'each', rows: refs(rows) } },
      { idempotencyKey: uuid() },
    ),
  copyProgramme: (row: T.Entity, body: T.CopyIn) =>
    call<Gen.CopyProgrammeData, T.Programme>(
      'POST',
      '/api/v1/programmes/{id}/copy',
      { path: { id: row.id }, body },
      { version: row.version, idempotencyKey: uuid() },
    ),
  diff: (id: string, against?: string) =>
    call<Gen.GetDiffData, T.Diff>('GET', '/api/v1/programmes/{id}/diff', { path: { id }, query: { against } }),
  invitations: (query?: QueryOf<Gen.ListInvitationsData>) =>
    call<Gen.ListInvitationsData, T.Page<T.Invitation>>('GET', '/api/v1/invitations', { query }),
  comments: collection<{
    row: T.Comment
    list: Gen.ListCommentsData
    create: Gen.CreateCommentData
    change: never
  }>('/api/v1/comments'),
  itemListings: collection<{
    row: T.ItemListing
    list: Gen.ListItemListingsData
    create: Gen.CreateItemListingData
    change: never
  }>('/api/v1/item-listings'),
  baseFigures: (query?: QueryOf<Gen.ListBaseFiguresData>) =>
    call<Gen.ListBaseFiguresData, T.Page<T.BaseFigure>>('GET', '/api/v1/base-figures', { query }),
  noteFigure: (body: NonNullable<Gen.CreateBaseFigureData['body']>) =>
    call<Gen.CreateBaseFigureData, T.BaseFigure>('POST', '/api/v1/base-figures', { body }, { idempotencyKey: uuid() }),
  downloadSplit: (programmeId: string, unitId: string) =>
    download(`/api/v1/programmes/${programmeId}/split.xlsx?unit_id=${unitId}`),
  uploadSplit: (programmeId: string, unitId: string, file: Blob, dryRun: boolean) =>
    call<Operation, T.SplitUpload>(
      'POST',
      '/api/v1/tasks:upload' satisfies Gen.UploadSplitData['url'],
      {
        body: file,
        query: { programme_id: programmeId, unit_id: unitId, dry_run: dryRun } satisfies Gen.UploadSplitData['query'],
      },
      { contentType: 'application/octet-stream' },
    ),
  acknowledgements: (query?: QueryOf<Gen.ListAcknowledgementsData>) =>
    call<Gen.ListAcknowledgementsData, T.Page<T.Acknowledgement>>('GET', '/api/v1/acknowledgements', { query }),
  acknowledge: (rows: T.Entity[]) =>
    call<Gen.AcknowledgeAcknowledgementsData, Gen.MoveResults>(
      'POST',
      '/api/v1/acknowledgements:acknowledge',
      { body: { mode: 'each', rows: refs(rows) } },
      { idempotencyKey: uuid() },
    ),
  pledges: {
    list: (query?: QueryOf<Gen.ListPledgesData>) =>
      call<Gen.ListPledgesData, T.Page<T.PledgeBrief>>('GET', '/api/v1/pledges', { query }),
    get: (id: string) => call<Gen.GetPledgeData, T.Pledge>('GET', '/api/v1/pledges/{id}', { path: { id } }),
    create: (body: NonNullable<Gen.CreatePledgeData['body']>) =>
      call<Gen.CreatePledgeData, T.Pledge>('POST', '/api/v1/pledges', { body }, { idempotencyKey: uuid() }),
    move: (row: T.Entity, verb: string, body?: object) =>
      call<Operation, T.Pledge>(
        'POST',
        `/api/v1/pledges/{id}/${verb}`,
        { path: { id: row.id }, body },
        { version: row.version },
      ),
    states: (id: string, unitId?: string) =>
      call<Gen.GetPledgeStatesData, T.PledgeStates>('GET', '/api/v1/programmes/{id}/pledge-states', {
        path: { id },
        query: { unit_id: unitId },
      }),
    download: (id: string, kind: 'docx' | 'pdf') => download(`/api/v1/pledges/${id}/document.${kind}`),
  },
  plan: (targetId: string) =>
    call<Gen.GetPlanData, T.Plan>('GET', '/api/v1/targets/{id}/plan', { path: { id: targetId } }),
  savePlan: ({ target_id, kind, points, version }: T.Plan) =>
    call<Gen.SavePlanData, T.Plan>(
      'PUT',
      '/api/v1/targets/{id}/plan',
      { path: { id: target_id }, body: { kind, points } },
      { version },
    ),

  milestones: collection<{
    row: T.Milestone
    list: Gen.ListMilestonesData
    create: Gen.CreateMilestoneData
    change: Gen.ChangeMilestoneData
  }>('/api/v1/milestones'),
  milestoneMoves: collection<{
    row: T.MilestoneMove
    list: Gen.ListMilestoneMovesData
    create: Gen.CreateMilestoneMoveData
    change: never
  }>('/api/v1/milestone-moves'),
  milestoneCounts: (programmeId: string) =>
    call<Gen.GetMilestoneCountsData, T.MilestoneCounts>('GET', '/api/v1/milestone-counts', {
      query: { programme_id: programmeId },
    }),
  taskPhases: (taskId: string) =>
    call<Gen.GetTaskPhasesData, T.Phases>('GET', '/api/v1/tasks/{id}/phases', { path: { id: taskId } }),
  milestoneTemplates: collection<{
    row: T.MilestoneTemplate
    list: Gen.ListMilestoneTemplatesData
    create: Gen.CreateMilestoneTemplateData
    change: Gen.ChangeMilestoneTemplateData
  }>('/api/v1/milestone-templates'),
  issueMilestones: (rows: T.Entity[]) =>
    call<Gen.IssueMilestonesData, Gen.MoveResults>(
      'POST',
      '/api/v1/milestones:issue',
      { body: { mode: 'atomic', rows: refs(rows) } },
      { idempotencyKey: uuid() },
    ),
  schedule: (body: T.ScheduleIn) => call<Gen.ComputeScheduleData, T.Schedule>('POST', '/api/v1/schedules', { body }),
  applySchedule: (body: Gen.ScheduleApplyIn) =>
    call<Gen.ApplyScheduleData, Gen.ScheduleApplied>(
      'POST',
      '/api/v1/milestones:schedule',
      { body },
      { idempotencyKey: uuid() },
    ),
  applyTemplate: (taskId: string, template: T.MilestoneTemplate['code']) =>
    call<Gen.ApplyMilestoneTemplateData, Gen.MilestonesOut>(
      'POST',
      '/api/v1/milestones:apply',
      { body: { task_id: taskId, template } },
      { idempotencyKey: uuid() },
    ),
  calendar: (year: number, unitId?: string) =>
    call<Gen.GetCalendarData, T.Calendar>('GET', '/api/v1/calendar', { query: { year, unit_id: unitId } }),
  dayChanges: collection<{
    row: T.DayChange
    list: Gen.ListDayChangesData
    create: Gen.CreateDayChangeData
    change: never
  }>('/api/v1/day-changes'),
  calendarYears: collection<{
    row: T.CalendarYear
    list: Gen.ListCalendarYearsData
    create: Gen.CreateCalendarYearData
    change: never
  }>('/api/v1/calendar-years'),

  entrySheet: (period: T.Period | undefined, unitId: string | undefined, below = false) =>
    call<Gen.GetEntrySheetData, T.EntrySheet>('GET', '/api/v1/entry-sheet', {
      query: { period, unit_id: unitId, below: below || undefined },
    }),
  downloadEntry: (period: T.Period, unitId: string, beneath: boolean) =>
    download(`/api/v1/entry-sheet.xlsx?period=${period}&unit_id=${unitId}&below=${beneath}`),
  uploadEntry: (period: T.Period, unitId: string, file: Blob) =>
    call<Operation, T.Job>(
      'POST',
      '/api/v1/report-uploads' satisfies Gen.UploadReportsData['url'],
      { body: file, query: { period, unit_id: unitId } satisfies Gen.UploadReportsData['query'] },
      { contentType: 'application/octet-stream', idempotencyKey: uuid() },
    ),
  uploadPreview: (id: string) =>
    call<Gen.GetReportUploadData, T.UploadPreview>('GET', '/api/v1/report-uploads/{id}', { path: { id } }),
  commitUpload: (id: string, mode: 'all' | 'good') =>
    call<Gen.CommitReportUploadData, T.Job>(
      'POST',
      '/api/v1/report-uploads:commit',
      { body: { id, mode } },
      { idempotencyKey: uuid() },
    ),
  makeLedger: (body: NonNullable<Gen.CreateLedgerData['body']>) =>
    call<Gen.CreateLedgerData, T.Job>('POST', '/api/v1/ledgers', { body }, { idempotencyKey: uuid() }),
  job: (id: string) => call<Gen.GetJobData, T.Job>('GET', '/api/v1/jobs/{id}', { path: { id } }),
  cancelJob: (id: string) => call<Gen.CancelJobData, T.Job>('POST', '/api/v1/jobs:cancel', { body: { id } }),
  jobFile: (id: string, name: string) => download(`/api/v1/jobs/${id}/files/${name}`),
  saveReports: async (changes: T.ReportChange[], idempotencyKey = uuid()): Promise<Gen.BatchOut> => {
    const { results } = await call<Gen.WriteReportsData, Gen.BatchOut>(
      'POST',
      '/api/v1/reports:batch',
      { body: { mode: 'each', changes } },
      { idempotencyKey },
    )
    return { results: results.map(reasoned) }
  },
  moveReports: async (verb: T.MoveVerb, reports: T.Entity[], reason?: string): Promise<Gen.MoveResults> => {
    const url = `/api/v1/reports:${verb}` as const
    const { results } = await call<Operation & { url: BulkUrl }, Gen.MoveResults>(
      'POST',
      url,
      { body: { mode: 'each', rows: refs(reports), reason } },
      { idempotencyKey: uuid() },
    )
    return { results: results.map((r) => (r.outcome === 'moved' ? r : reasoned(r))) }
  },
  desk: (period: T.Period, programmeId: string) =>
    call<Gen.GetReviewDeskData, T.ReviewDesk>('GET', '/api/v1/reports/desk', {
      query: { period, programme_id: programmeId },
    }),
  report: (id: string) => call<Gen.GetReportData, T.Report>('GET', '/api/v1/reports/{id}', { path: { id } }),
  reportList: (query: QueryOf<Gen.ListReportsData>) =>
    call<Gen.ListReportsData, T.Page<T.ReportRow>>('GET', '/api/v1/reports', { query }),
  moveReport: (row: T.Entity, verb: string, body?: object) =>
    call<Operation, T.Report>(
      'POST',
      `/api/v1/reports/{id}/${verb}`,
      { path: { id: row.id }, body },
      { version: row.version },
    ),
  correctReport: (row: T.Entity, reason: string) =>
    call<Gen.CorrectReportData, T.Report>(
      'POST',
      '/api/v1/reports/{id}/corrections',
      { path: { id: row.id }, body: { reason } },
      { version: row.version, idempotencyKey: uuid() },
    ),
  reportVersions: (id: string) =>
    call<Gen.GetReportVersionsData, { items: T.ReportVersion[] }>('GET', '/api/v1/reports/{id}/versions', {
      path: { id },
    }),
  reportComparison: (id: string) =>
    call<Gen.GetReportComparisonData, { items: T.Compared[] }>('GET', '/api/v1/reports/{id}/comparison', {
      path: { id },
    }),
  addReportComment: (report: string, target: string | null, text: string) =>
    call<Gen.AddReportCommentData, T.ReportComment>(
      'POST',
      '/api/v1/report-comments',
      { body: { report_id: report, target_id: target, text } },
      { idempotencyKey: uuid() },
    ),
  moveReportComment: (row: T.Entity, verb: string, answer?: string) =>
    call<Operation, T.ReportComment>(
      'POST',
      `/api/v1/report-comments/{id}/${verb}`,
      { path: { id: row.id }, body: verb === 'settle' ? { answer: answer || null } : undefined },
      { version: row.version },
    ),
  /** What one desk shows of a round that is not the usual one of its period: texts that are due. */
  deskOf: (period: T.Period, programmeId: string, roundId: string) =>
    call<Gen.GetReviewDeskData, T.ReviewDesk>('GET', '/api/v1/reports/desk', {
      query: { period, programme_id: programmeId, round_id: roundId },
    }),
  cadences: collection<{
    row: T.Cadence
    list: Gen.ListCadencesData
    create: Gen.CreateCadenceData
    change: Gen.ChangeCadenceData
  }>('/api/v1/cadences'),
  previewCadence: (body: T.CadenceIn) =>
    call<Gen.PreviewCadenceData, T.CadencePreview>('POST', '/api/v1/cadences:preview', { body }),
  roundProgress: (programmeId: string) =>
    call<Gen.GetRoundProgressData, T.RoundsProgress>('GET', '/api/v1/round-progress', {
      query: { programme_id: programmeId },
    }),
  roundAccount: (id: string) =>
    call<Gen.GetRoundAccountData, T.RoundAccount>('GET', '/api/v1/rounds/{id}/account', { path: { id } }),
  settleRound: (row: T.Entity, remark: string | null) =>
    call<Gen.SettleRoundData, T.Settlement>(
      'POST',
      '/api/v1/rounds/{id}/settle',
      { path: { id: row.id }, body: { remark } },
      { version: row.version },
    ),
  roundExceptions: collection<{
    row: T.RoundException
    list: Gen.ListRoundExceptionsData
    create: Gen.CreateRoundExceptionData
    change: never
  }>('/api/v1/round-exceptions'),
  settlements: {
    list: (query?: QueryOf<Gen.ListSettlementsData>) =>
      call<Gen.ListSettlementsData, T.Page<T.SettlementRow>>('GET', '/api/v1/settlements', { query }),
    get: (id: string) => call<Gen.GetSettlementData, T.Settlement>('GET', '/api/v1/settlements/{id}', { path: { id } }),
    reopen: (row: T.Entity, reason: string) =>
      call<Gen.ReopenSettlementData, T.Settlement>(
        'POST',
        '/api/v1/settlements/{id}/reopen',
        { path: { id: row.id }, body: { reason } },
        { version: row.version },
      ),
    download: (id: string, kind: 'ndjson' | 'csv' | 'xlsx') => download(`/api/v1/settlements/${id}/rows.${kind}`),
  },
  rounds: collection<{
    row: T.Round
    list: Gen.ListRoundsData
    create: Gen.ListRoundsData
    change: Gen.ChangeRoundData
  }>('/api/v1/rounds'),

  silence: (query: QueryOf<Gen.GetSilenceData>) =>
    call<Gen.GetSilenceData, T.Silence>('GET', '/api/v1/silence', { query }),
  repeatedSilence: (programmeId?: string) =>
    call<Gen.GetRepeatedSilenceData, T.Repeated>('GET', '/api/v1/silence/repeated', {
      query: { programme_id: programmeId },
    }),
  reportingRates: (query: QueryOf<Gen.GetReportingRatesData>) =>
    call<Gen.GetReportingRatesData, T.Rates>('GET', '/api/v1/silence/rates', { query }),
  chases: collection<{
    row: T.Chase
    list: Gen.ListChasesData
    create: Gen.CreateChaseData
    change: never
  }>('/api/v1/chases'),
  sendChases: (body: Gen.ChasesIn) =>
    call<Gen.SendChasesData, Gen.ChaseResults>('POST', '/api/v1/chases:batch', { body }, { idempotencyKey: uuid() }),
  chaseRules: collection<{
    row: T.ChaseRule
    list: Gen.ListChaseRulesData
    create: Gen.CreateChaseRuleData
    change: Gen.ChangeChaseRuleData
  }>('/api/v1/chase-rules'),

  attachments: collection<{
    row: T.Attachment
    list: Gen.ListAttachmentsData
    create: Gen.CreateAttachmentData
    change: never
  }>('/api/v1/attachments'),
  attachmentUrl: (id: string, what: 'content' | 'thumbnail'): string => `/api/v1/attachments/${id}/${what}`,
  beginUpload: (sha256: string, size: number) =>
    call<Gen.CreateUploadData, T.UploadState>('POST', '/api/v1/uploads', { body: { sha256, size } }),
  appendUpload: (sha256: string, offset: number, piece: Blob) =>
    call<Operation, T.UploadState>(
      'PATCH',
      '/api/v1/uploads/{sha256}' satisfies Gen.AppendUploadData['url'],
      { path: { sha256 }, body: piece },
      { contentType: 'application/octet-stream', headers: { 'Upload-Offset': String(offset) } },
    ),
  uploadSmall: (query: QueryOf<Gen.UploadAttachmentData>, content: Blob) =>
    call<Operation, T.Attachment>(
      'POST',
      '/api/v1/attachments:upload' satisfies Gen.UploadAttachmentData['url'],
      { query, body: content },
      { contentType: 'application/octet-stream' },
    ),

  workbench: () => call<Gen.GetWorkbenchData, T.Workbench>('GET', '/api/v1/workbench', {}),
  boardSummary: (on?: T.Day) =>
    call<Gen.GetSummaryData, Gen.SummaryOut>('GET', '/api/v1/boards/summary', { query: { on } }),
  matrix: (query: QueryOf<Gen.GetMatrixData>) =>
    call<Gen.GetMatrixData, T.BoardMatrix>('GET', '/api/v1/boards/matrix', { query }),
  lag: (query: QueryOf<Gen.GetLagListData>) => call<Gen.GetLagListData, T.Lag>('GET', '/api/v1/boards/lag', { query }),
  light: (targetId: string, on?: T.Day) =>
    call<Gen.GetLightData, T.Judgement>('GET', '/api/v1/boards/light', { query: { target_id: targetId, on } }),
  lightHistory: (query: QueryOf<Gen.GetLightHistoryData>) =>
    call<Gen.GetLightHistoryData, T.LightHistory>('GET', '/api/v1/boards/history', { query }),
  dispersion: (query: QueryOf<Gen.GetDispersionData>) =>
    call<Gen.GetDispersionData, Gen.SpreadsOut>('GET', '/api/v1/boards/dispersion', { query }),
  ruleSets: collection<{
    row: T.RuleSet
    list: Gen.ListRuleSetsData
    create: Gen.CreateRuleSetData
    change: Gen.ChangeRuleSetData
  }>('/api/v1/rule-sets'),
  figureChecks: collection<{
    row: T.CheckRule
    list: Gen.ListCheckRulesData
    create: Gen.CreateCheckRuleData
    change: Gen.ChangeCheckRuleData
  }>('/api/v1/check-rules'),
  tryFigureCheck: (body: Gen.TrialIn) =>
    call<Gen.TryCheckRuleData, T.CheckTrial>('POST', '/api/v1/check-rules:try', { body }),
  checkHits: (query: QueryOf<Gen.GetCheckHitsData>) =>
    call<Gen.GetCheckHitsData, T.CheckHits>('GET', '/api/v1/check-hits', { query }),
  checkRules: (definition: T.RuleDefinition) =>
    call<Gen.CheckRuleSetData, Gen.CheckOut>('POST', '/api/v1/rule-sets:check', { body: { definition } }),
  simulateRules: (body: Gen.SimulationIn) =>
    call<Gen.SimulateRuleSetData, T.Simulation>('POST', '/api/v1/rule-sets:simulate', { body }),
  exemptions: collection<{
    row: T.Exemption
    list: Gen.ListExemptionsData
    create: Gen.CreateExemptionData
    change: never
  }>('/api/v1/exemptions'),
  deviations: collection<{
    row: T.Deviation
    list: Gen.ListDeviationsData
    create: Gen.ListDeviationsData
    change: never
  }>('/api/v1/deviations'),
  deviationNotes: collection<{
    row: T.DeviationNote
    list: Gen.ListDeviationNotesData
    create: Gen.CreateDeviationNoteData
    change: never
  }>('/api/v1/deviation-notes'),
  tolerances: collection<{
    row: T.Tolerance
    list: Gen.ListTolerancesData
    create: Gen.CreateToleranceData
    change: Gen.ChangeToleranceData
  }>('/api/v1/tolerances'),
  figureMappings: collection<{
    row: T.FigureMapping
    list: Gen.ListFigureMappingsData
    create: Gen.CreateFigureMappingData
    change: Gen.ChangeFigureMappingData
  }>('/api/v1/figure-mappings'),
  inspectBulletin: (file: Blob) =>
    call<Operation, Gen.InspectionOut>(
      'POST',
      '/api/v1/external-figures:inspect' satisfies Gen.InspectExternalFiguresData['url'],
      { body: file },
      { contentType: 'application/octet-stream' },
    ),
  uploadBulletin: (file: Blob, query: QueryOf<Gen.UploadExternalFiguresData>) =>
    call<Operation, T.FigureUpload>(
      'POST',
      '/api/v1/external-figures:upload' satisfies Gen.UploadExternalFiguresData['url'],
      { body: file, query },
      { contentType: 'application/octet-stream' },
    ),
  verificationFactors: (query: QueryOf<Gen.GetVerificationFactorsData>) =>
    call<Gen.GetVerificationFactorsData, Gen.VerificationFactors>('GET', '/api/v1/verification-factors', { query }),
  targetDetail: (targetId: string, on?: T.Day) =>
    call<Gen.GetTargetDetailData, T.TargetDetail>('GET', '/api/v1/boards/target', {
      query: { target_id: targetId, on },
    }),
  curve: (targetId: string) =>
    call<Gen.GetCurveData, T.Curve>('GET', '/api/v1/boards/curve', { query: { target_id: targetId } }),
}

type BulkUrl = (
  | Gen.SubmitReportsData
  | Gen.RecallReportsData
  | Gen.ReviewReportsData
  | Gen.AcceptReportsData
  | Gen.ReturnReportsData
  | Gen.SendBackReportsData
)['url']
