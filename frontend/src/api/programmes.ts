/** Lists, what they promise, how it is split, handed down and signed. */
import { call, download, uuid, type Operation } from './client'
import { collection, refs, type QueryOf } from './collection'
import type * as Gen from './gen/types.gen'
import type * as T from './types'

export const programmes = {
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
}
