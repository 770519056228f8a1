/** How a promise is to be kept: plans and milestones. */
import { call, uuid } from './client'
import { collection, refs } from './collection'
import type * as Gen from './gen/types.gen'
import type * as T from './types'

export const plans = {
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
}
