/** Shapes of the contract that screens use. One place to exchange when the generated client takes over. */

import type * as Gen from './gen/types.gen'

/** Exact decimal as a string: never parsed to a float for arithmetic, see ui/decimal.ts. */
export type Quantity = string
/** "2026-11-05" */
export type Day = string
/** "2026-11-05T02:32:00Z" */
export type Instant = string
/** "2026-11" */
export type Period = string

export interface Page<T> {
  items: T[]
  next?: string | null
  total?: number | null
}
export interface Action {
  verb: string
  label: string
  enabled: boolean
  reason?: string | null
}
export interface FieldError {
  pointer: string
  code: string
  message: string
}
export interface Entity {
  id: string
  version: number
}

export type LightKey = 'green' | 'yellow' | 'red' | 'done' | 'none'

export interface Me {
  user: { id: string; username: string; name: string; unit_id: string; unit_name: string; tier: string }
  grants: { unit_id: string; unit_name: string; role_code: string; role_name: string }[]
  permissions: string[]
  today: Day
  must_change_password: boolean
}
export interface DemoAccount {
  username: string
  name: string
  unit_name: string
  role_name: string
}

// Shapes that come and go as the contract has them are taken from the generated ones, so that drift fails the type check.
export type Unit = Gen.UnitOut
export type User = Gen.UserOut
export type Role = Gen.RoleOut
export type RolePermission = { permission: string; axis: Gen.Axis }
export type Axis = Gen.Axis
export type Permission = Gen.PermissionOut
export type Grant = Gen.GrantOut
export type Measure = Gen.MeasureOut
export type UnitImport = Gen.ImportOut

export type Programme = Gen.ProgrammeOut
export type Indicator = Gen.IndicatorOut
export type Item = Gen.ItemOut
export type Lead = Gen.LeadOut
export type Target = Gen.TargetOut
export type Operator = Target['operator']
export type Task = Gen.TaskOut
export type Plan = Gen.PlanOut
export type PlanPoint = Gen.PlanPoint
export type SplitCell = Gen.SplitCell
export type SplitRow = Gen.SplitRow
export type SplitGrid = Gen.SplitOut
export type SplitCellIn = Gen.SplitCellIn
export type SplitResult = Gen.SplitResult

export type RoundState = 'scheduled' | 'open' | 'overdue' | 'closed'
export type ReportStatus = 'draft' | 'submitted' | 'reviewed' | 'accepted' | 'void'

export interface EntryCell {
  target_id: string
  indicator_name: string
  measure_name: string
  decimals: number
  accumulation: 'cumulative' | 'snapshot'
  operator: Operator
  target_value?: Quantity | null
  /** Expected cumulative figure at the end of the period. */
  plan_value?: Quantity | null
  previous?: Quantity | null
  current?: Quantity | null
  value?: Quantity | null
  basis?: string | null
  fall_reason?: string | null
  progress_pct?: Quantity | null
  light: LightKey
}
export interface EntryRow {
  report_id: string
  version: number
  status: ReportStatus
  returned: boolean
  return_reason?: string | null
  task_id: string
  programme_id: string
  programme_name: string
  programme_unit_name?: string
  item_id: string
  item_code: string
  item_title: string
  deadline?: Day | null
  round: { id: string; state: RoundState; due_at: Instant; closes_at: Instant }
  note?: string | null
  cause_code?: string | null
  cause_note?: string | null
  cells: EntryCell[]
  behind: boolean
  problems: FieldError[]
  warnings: FieldError[]
  actions: Action[]
}
export interface EntrySheet {
  period: Period
  unit_id: string
  unit_name: string
  periods: Period[]
  rows: EntryRow[]
}
export interface CellChange {
  target_id: string
  current?: Quantity | null
  value?: Quantity | null
  base?: { current?: Quantity | null; value?: Quantity | null }
  fall_reason?: string | null
}
export interface ReportChange {
  report_id: string
  base_version: number
  values: CellChange[]
  note?: string | null
  cause_code?: string | null
  cause_note?: string | null
}
export interface CellConflict {
  target_id: string
  field: string
  mine: Quantity | null
  theirs: Quantity | null
  at?: Instant | null
  by?: string | null
}
export interface BatchResult {
  report_id: string
  outcome: 'applied' | 'unchanged' | 'conflict' | 'refused'
  version: number | null
  report?: EntryRow | null
  errors: FieldError[]
  conflicts: CellConflict[]
}
export type MoveVerb = 'submit' | 'review' | 'accept' | 'return' | 'send-back' | 'recall'
export interface MoveResult {
  id: string
  outcome: 'moved' | 'refused' | 'conflict'
  version: number | null
  status: ReportStatus | null
  errors: FieldError[]
}

export type DeskCell = Gen.DeskCell
export type ReviewDesk = Gen.DeskOut
export type Round = Gen.RoundOut
export type Report = Gen.ReportOut
export type ReportCell = Gen.CellOut
export type ReportRow = Gen.ReportRow

export interface Workbench {
  today: Day
  owed: {
    period: Period
    programme_id: string
    programme_name: string
    unit_id: string
    unit_name: string
    due_at: Instant
    state: RoundState
    draft: number
    returned: number
    total: number
    days_left: number
  }[]
  to_review: { period: Period; programme_id: string; programme_name: string; count: number }[]
  to_accept: { period: Period; programme_id: string; programme_name: string; count: number }[]
  missing: {
    period: Period
    programme_id: string
    programme_name: string
    unit_id: string
    unit_name: string
    draft: number
    total: number
    due_at: Instant
  }[]
  split?: { programme_id: string; programme_name: string; short: number }[]
  lights?: Partial<Record<LightKey, number>>
}

export type LightMeaning = Gen.LightName
export type BoardMatrix = Gen.MatrixOut
export type BoardCell = Gen.BoardCell
export type BoardSummary = Gen.SummaryRow
export type Lag = Gen.LagOut
export type LagRow = Gen.LagRow
export type Judgement = Gen.JudgementOut
export type Curve = Gen.CurveOut
