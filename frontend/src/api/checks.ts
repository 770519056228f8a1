/** Check rules, official figures and what comes of them. */
import { call, type Operation } from './client'
import { collection, type QueryOf } from './collection'
import type * as Gen from './gen/types.gen'
import type * as T from './types'

export const checks = {
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
  deviations: collection<{
    row: T.Deviation
    list: Gen.ListDeviationsData
    create: Gen.ListDeviationsData
    change: never
  }>('/api/v1/deviations'),
  externalFigures: collection<{
    row: T.ExternalFigure
    list: Gen.ListExternalFiguresData
    create: Gen.CreateExternalFigureData
    change: Gen.ChangeExternalFigureData
  }>('/api/v1/external-figures'),
  verifications: collection<{
    row: T.Verification
    list: Gen.ListVerificationsData
    create: Gen.CreateVerificationData
    change: never
  }>('/api/v1/verifications'),
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
}
