/** The offices over the reports: desks, rounds, accounts, chases. */
import { call, download, uuid } from './client'
import { collection, type QueryOf } from './collection'
import type * as Gen from './gen/types.gen'
import type * as T from './types'

export const desk = {
  makeLedger: (body: NonNullable<Gen.CreateLedgerData['body']>) =>
    call<Gen.CreateLedgerData, T.Job>('POST', '/api/v1/ledgers', { body }, { idempotencyKey: uuid() }),
  desk: (period: T.Period, programmeId: string) =>
    call<Gen.GetReviewDeskData, T.ReviewDesk>('GET', '/api/v1/reports/desk', {
      query: { period, programme_id: programmeId },
    }),
  /** What one desk shows of a round that is not the usual one of its period: texts that are due. */
  deskOf: (period: T.Period, programmeId: string, roundId: string) =>
    call<Gen.GetReviewDeskData, T.ReviewDesk>('GET', '/api/v1/reports/desk', {
      query: { period, programme_id: programmeId, round_id: roundId },
    }),
  reportList: (query: QueryOf<Gen.ListReportsData>) =>
    call<Gen.ListReportsData, T.Page<T.ReportRow>>('GET', '/api/v1/reports', { query }),
  reportComparison: (id: string) =>
    call<Gen.GetReportComparisonData, { items: T.Compared[] }>('GET', '/api/v1/reports/{id}/comparison', {
      path: { id },
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
  reportingRates: (query: QueryOf<Gen.GetReportingRatesData>) =>
    call<Gen.GetReportingRatesData, T.Rates>('GET', '/api/v1/silence/rates', { query }),
  sendChases: (body: Gen.ChasesIn) =>
    call<Gen.SendChasesData, Gen.ChaseResults>('POST', '/api/v1/chases:batch', { body }, { idempotencyKey: uuid() }),
  chaseRules: collection<{
    row: T.ChaseRule
    list: Gen.ListChaseRulesData
    create: Gen.CreateChaseRuleData
    change: Gen.ChangeChaseRuleData
  }>('/api/v1/chase-rules'),
}
