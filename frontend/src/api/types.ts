/** Names for the shapes that screens use. All of them are the contract's: nothing is written by hand, so drift fails the type check. */
import type * as Gen from './gen/types.gen'

/** Exact decimal as a string: never parsed to a float for arithmetic, see ui/decimal.ts. */
export type Quantity = string
/** "2026-11-05" */
export type Day = string
/** "2026-11-05T02:32:00Z" */
export type Instant = string
/** "2026-11" */
export type Period = string

/** One page of any list; the contract has one such shape per row type. */
export type Page<T> = Omit<Gen.PageUnitOut, 'items'> & { items: T[] }
/** A row that is written with the version it was read with. */
export type Entity = Gen.RowRef
export type Action = Gen.Action
export type FieldError = Gen.FieldError
export type Problem = Gen.Problem

export type Me = Gen.Me
export type DemoAccount = Gen.DemoAccount
/** A right by name, as `session.can` and the navigation ask for it. */
export type PermissionName = Gen.P

export type Unit = Gen.UnitOut
export type UnitIn = Gen.UnitIn
export type User = Gen.UserOut
export type UserIn = Gen.UserIn
export type Role = Gen.RoleOut
export type RolePermission = Gen.RolePermissionIn
export type Axis = Gen.Axis
export type Permission = Gen.PermissionOut
export type Grant = Gen.GrantOut
export type GrantIn = Gen.GrantIn
export type Measure = Gen.MeasureOut
export type MeasureIn = Gen.MeasureIn
export type UnitImport = Gen.ImportOut

export type Programme = Gen.ProgrammeOut
export type ProgrammeIn = Gen.ProgrammeIn
export type Indicator = Gen.IndicatorOut
export type IndicatorIn = Gen.IndicatorIn
export type Item = Gen.ItemOut
export type ItemIn = Gen.ItemIn
export type Lead = Gen.LeadOut
export type Target = Gen.TargetOut
export type TargetIn = Gen.TargetIn
export type Operator = Target['operator']
export type Task = Gen.TaskOut
export type TaskIn = Gen.TaskIn
export type Adjustment = Gen.AdjustmentOut
export type TaskState = Gen.StateOut
export type StateKind = TaskState['kind']
export type TargetDetail = Gen.TargetDetail
export type Plan = Gen.PlanOut
export type PlanPoint = Gen.PlanPoint
export type Milestone = Gen.MilestoneOut
export type MilestoneMove = Gen.MoveOut
export type MilestoneCounts = Gen.CountsOut
export type Phases = Gen.PhasesOut
export type MilestoneTemplate = Gen.TemplateOut
export type TemplateStep = Gen.TemplateStep
export type Anchor = Gen.Anchor
export type Precision = Milestone['precision']
export type Schedule = Gen.ScheduleOut
export type ScheduleIn = Gen.ScheduleIn
export type StepIn = Gen.StepIn
export type Calendar = Gen.CalendarOut
export type CalendarDay = Gen.CalendarDayOut
export type DayChange = Gen.DayChangeOut
export type CalendarYear = Gen.CalendarYearOut
export type SplitCell = Gen.SplitCell
export type SplitRow = Gen.SplitRow
export type SplitGrid = Gen.SplitOut
export type SplitCellIn = Gen.SplitCellIn
export type SplitResult = Gen.SplitResult

export type Cadence = Gen.CadenceOut
export type CadenceIn = Gen.CadenceIn
export type CadencePreview = Gen.PreviewOut
export type RoundProgress = Gen.RoundProgress
export type RoundsProgress = Gen.RoundsProgress
export type RoundAccount = Gen.AccountOut
export type OpenItem = Gen.OpenItem
export type RoundTally = Gen.Tally
export type RoundException = Gen.ExceptionOut
export type Settlement = Gen.SettlementOut
export type SettlementRow = Gen.SettlementRow

export type CopyIn = Gen.CopyIn
export type Diff = Gen.DiffOut
export type DiffRow = Gen.DiffRow
export type Invitation = Gen.InvitationOut
export type Comment = Gen.CommentOut
export type BaseFigure = Gen.BaseFigureOut
export type ItemListing = Gen.ListingOut
export type SplitUpload = Gen.UploadOut
export type UploadedCell = Gen.UploadedCell
export type UploadPreview = Gen.UploadPreview
export type UploadedRow = Gen.UploadedRow
export type Job = Gen.JobOut
export type Acknowledgement = Gen.AcknowledgementOut
export type Pledge = Gen.PledgeOut

export type Deviation = Gen.DeviationOut
export type DeviationNote = Gen.DeviationNoteOut
export type Dispute = Gen.DisputeOut
export type ExternalFigure = Gen.ExternalFigureOut
export type Verification = Gen.VerificationOut
export type FigureMapping = Gen.FigureMappingOut
export type MappingContent = Gen.MappingContentIn
export type FigureUpload = Gen.FigureUploadOut
export type UploadedFigure = Gen.UploadedFigure
export type SheetHead = Gen.SheetOut
export type Tolerance = Gen.ToleranceOut
export type PledgeBrief = Gen.PledgeBrief
export type PledgeState = Gen.PledgeState
export type PledgeStates = Gen.PledgeStates

export type RoundState = Gen.RoundBrief['state']
export type Round = Gen.RoundOut
export type Report = Gen.ReportOut
export type ReportStatus = Report['status']
export type ReportCell = Gen.CellOut
export type ReportRow = Gen.ReportRow
export type CauseCode = NonNullable<Report['cause_code']>
export type EntrySheet = Gen.EntrySheet
export type ReportChange = Gen.ReportChange
export type ValueIn = Gen.ValueIn
export type BatchResult = Gen.BatchResult
export type MoveResult = Gen.MoveResult
export type MoveVerb = 'submit' | 'review' | 'accept' | 'return' | 'send-back' | 'recall'
export type ReportComment = Gen.ReportCommentOut
export type ReportVersion = Gen.VersionOut
export type FieldChange = Gen.FieldChangeOut
export type Compared = Gen.ComparedOut
export type DeskCell = Gen.DeskCell
export type ReviewDesk = Gen.DeskOut

export type Workbench = Gen.Workbench
export type Silence = Gen.SilenceOut
export type Silent = Gen.SilentOut
export type SilenceState = Silent['state']
export type Chase = Gen.ChaseOut
export type ChaseTarget = Gen.ChaseTarget
export type ChaseResult = Gen.ChaseResult
export type ChaseRule = Gen.ChaseRuleOut
export type ChaseRuleIn = Gen.ChaseRuleIn
export type ChaseChannel = Chase['channel']
export type Repeated = Gen.RepeatedList
export type Rates = Gen.RatesOut
export type Attachment = Gen.AttachmentOut
export type UploadState = Gen.UploadState
/** A light by its key in the rule set in force. */
export type LightKey = ReportCell['light']
export type LightMeaning = Gen.LightName
export type LightMark = Gen.LightMark
export type CheckRule = Gen.CheckRuleOut
export type CheckDefinition = Gen.CheckRuleIn['definition']
export type CheckRuleIn = Gen.CheckRuleIn
export type CheckTrial = Gen.TrialOut
export type CheckHit = Gen.CheckHit
export type CheckHits = Gen.HitsOut
export type ReportFinding = Gen.FindingOut
export type ReportExplanation = Gen.ExplanationOut
export type RuleSet = Gen.RuleSetRow
export type RuleDefinition = Gen.DefinitionIn
export type RuleBand = Gen.BandIn
export type RuleColour = Gen.ColourIn
export type RuleDimension = Gen.DimensionIn
export type RuleFault = Gen.FaultOut
export type Simulation = Gen.SimulationOut
export type LightHistory = Gen.HistoryOut
export type MonthLight = Gen.MonthLight
export type Spread = Gen.SpreadOut
export type Exemption = Gen.ExemptionOut
export type ExemptionIn = Gen.ExemptionIn
export type BoardMatrix = Gen.MatrixOut
export type BoardCell = Gen.BoardCell
export type BoardSummary = Gen.SummaryRow
export type Lag = Gen.LagOut
export type LagRow = Gen.LagRow
export type Judgement = Gen.JudgementOut
export type Curve = Gen.CurveOut
export type CurvePoint = Gen.CurvePoint
