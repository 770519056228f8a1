/** What everybody does every day, and all that the first load needs. */
import { call, download, uuid, type Operation } from './client'
import { collection, reasoned, refs, type QueryOf } from './collection'
import type * as Gen from './gen/types.gen'
import type * as T from './types'

export { ProblemError, uuid } from './client'
export { all } from './collection'
export { useSession } from './session'
export type * from './types'

export const api = {
  signIn: (username: string, password: string) =>
    call<Gen.LogInData, T.Me>('POST', '/api/v1/session', { body: { username, password } }),
  signOut: () => call<Gen.LogOutData, undefined>('DELETE', '/api/v1/session', {}),
  me: () => call<Gen.GetMeData, T.Me>('GET', '/api/v1/me', {}),
  changePassword: (current: string, next: string) =>
    call<Gen.ChangeOwnPasswordData, unknown>('POST', '/api/v1/me/password', { body: { current, new: next } }),
  demoAccounts: () => call<Gen.ListDemoAccountsData, T.DemoAccount[]>('GET', '/api/v1/session/demo-accounts', {}),
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
  jobs: (query: QueryOf<Gen.ListJobsData>) => call<Gen.ListJobsData, Gen.PageJobOut>('GET', '/api/v1/jobs', { query }),
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
  report: (id: string) => call<Gen.GetReportData, T.Report>('GET', '/api/v1/reports/{id}', { path: { id } }),
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
  chases: collection<{
    row: T.Chase
    list: Gen.ListChasesData
    create: Gen.CreateChaseData
    change: never
  }>('/api/v1/chases'),
  repeatedSilence: (programmeId?: string) =>
    call<Gen.GetRepeatedSilenceData, T.Repeated>('GET', '/api/v1/silence/repeated', {
      query: { programme_id: programmeId },
    }),
  workbench: () => call<Gen.GetWorkbenchData, T.Workbench>('GET', '/api/v1/workbench', {}),
  boardSummary: (on?: T.Day) =>
    call<Gen.GetSummaryData, Gen.SummaryOut>('GET', '/api/v1/boards/summary', { query: { on } }),
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
