/**
 * The operations of money, apart from `index.ts` so that their bytes travel with the screens of money and not with every
 * first load. Amounts are whole fen everywhere; how a person types and reads them is `ui/yuan.ts`.
 */
import { call, uuid } from './client'
import type * as Gen from './gen/types.gen'
import { collection, refs, type QueryOf } from './collection'
import type * as T from './types'

export type FundLine = Gen.FundLineOut
export type FundSource = Gen.FundSourceOut
export type FundFacts = Gen.FactsOut
export type FundRate = Gen.FundRateOut
export type FundRates = Gen.FundRatesOut
export type FundRateRow = Gen.RateRowOut
export type FundDelays = Gen.FundDelaysOut
export type FundFreeze = Gen.FundFreezeOut
export type LedgerEntry = Gen.LedgerEntryOut
export type LedgerEntryIn = Gen.LedgerEntryIn
export type BankAccount = Gen.BankAccountOut
export type Payee = Gen.PayeeOut
export type Contract = Gen.ContractOut
export type Disbursement = Gen.DisbursementOut
export type DisbursementIn = Gen.DisbursementIn
export type DisbursementStep = Gen.DisbursementStepOut
export type PaymentPaper = Gen.PaymentPaperOut
export type SubsidyBatch = Gen.SubsidyBatchOut
export type SubsidyEvent = Gen.SubsidyEventOut

export const money = {
  sources: collection<{
    row: FundSource
    list: Gen.ListFundSourcesData
    create: Gen.CreateFundSourceData
    change: Gen.ChangeFundSourceData
  }>('/api/v1/fund-sources'),
  lines: collection<{
    row: FundLine
    list: Gen.ListFundLinesData
    create: Gen.CreateFundLineData
    change: Gen.ChangeFundLineData
  }>('/api/v1/fund-lines'),
  freezes: collection<{
    row: FundFreeze
    list: Gen.ListFundFreezesData
    create: Gen.CreateFundFreezeData
    change: never
  }>('/api/v1/fund-freezes'),
  entries: (query: QueryOf<Gen.ListLedgerEntriesData> = {}) =>
    call<Gen.ListLedgerEntriesData, T.Page<LedgerEntry>>('GET', '/api/v1/ledger-entries', { query }),
  /** Give the same key when a press is repeated: one press is one entry. */
  enter: (body: LedgerEntryIn, idempotencyKey: string) =>
    call<Gen.CreateLedgerEntryData, LedgerEntry>('POST', '/api/v1/ledger-entries', { body }, { idempotencyKey }),
  takeBack: (body: Gen.LedgerReversalIn, idempotencyKey: string) =>
    call<Gen.CreateLedgerReversalData, LedgerEntry>('POST', '/api/v1/ledger-reversals', { body }, { idempotencyKey }),
  rates: (query: QueryOf<Gen.GetFundRatesData>) =>
    call<Gen.GetFundRatesData, FundRates>('GET', '/api/v1/fund-rates', { query }),
  delays: (programmeId: string, idleAfter?: number) =>
    call<Gen.GetFundDelaysData, FundDelays>('GET', '/api/v1/fund-delays', {
      query: { programme_id: programmeId, idle_after: idleAfter },
    }),
  accounts: collection<{
    row: BankAccount
    list: Gen.ListBankAccountsData
    create: Gen.CreateBankAccountData
    change: Gen.ChangeBankAccountData
  }>('/api/v1/bank-accounts'),
  payees: collection<{
    row: Payee
    list: Gen.ListPayeesData
    create: Gen.CreatePayeeData
    change: Gen.ChangePayeeData
  }>('/api/v1/payees'),
  accountNumber: (id: string) =>
    call<Gen.GetBankAccountNumberData, Gen.WholeNumber>('GET', '/api/v1/bank-accounts/{id}/number', { path: { id } }),
  payeeNumber: (id: string) =>
    call<Gen.GetPayeeNumberData, Gen.WholeNumber>('GET', '/api/v1/payees/{id}/number', { path: { id } }),
  contracts: collection<{
    row: Contract
    list: Gen.ListContractsData
    create: Gen.CreateContractData
    change: Gen.ChangeContractData
  }>('/api/v1/contracts'),
  payments: collection<{
    row: Disbursement
    list: Gen.ListDisbursementsData
    create: Gen.CreateDisbursementData
    change: Gen.ChangeDisbursementData
  }>('/api/v1/disbursements'),
  steps: (query: QueryOf<Gen.ListDisbursementStepsData> = {}) =>
    call<Gen.ListDisbursementStepsData, T.Page<DisbursementStep>>('GET', '/api/v1/disbursement-steps', { query }),
  approveAll: (rows: T.Entity[], decision?: string) =>
    call<Gen.ApproveDisbursementsData, Gen.MoveResults>(
      'POST',
      '/api/v1/disbursements:approve',
      { body: { mode: 'each', rows: refs(rows), decision: decision || null } },
      { idempotencyKey: uuid() },
    ),
  returnAll: (rows: T.Entity[], reason: string) =>
    call<Gen.ReturnDisbursementsData, Gen.MoveResults>(
      'POST',
      '/api/v1/disbursements:return',
      { body: { mode: 'each', rows: refs(rows), reason } },
      { idempotencyKey: uuid() },
    ),
  papers: collection<{
    row: PaymentPaper
    list: Gen.ListPaymentPapersData
    create: Gen.CreatePaymentPaperData
    change: never
  }>('/api/v1/payment-papers'),
  paperUrl: (id: string): string => `/api/v1/payment-papers/${id}/content`,
  batches: collection<{
    row: SubsidyBatch
    list: Gen.ListSubsidyBatchesData
    create: Gen.CreateSubsidyBatchData
    change: Gen.ChangeSubsidyBatchData
  }>('/api/v1/subsidy-batches'),
  batchEvents: collection<{
    row: SubsidyEvent
    list: Gen.ListSubsidyEventsData
    create: Gen.CreateSubsidyEventData
    change: never
  }>('/api/v1/subsidy-events'),
}
