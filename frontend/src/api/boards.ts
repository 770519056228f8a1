/** Boards, lights and the rules they follow. */
import { call } from './client'
import { collection, type QueryOf } from './collection'
import type * as Gen from './gen/types.gen'
import type * as T from './types'

export const boards = {
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
  targetDetail: (targetId: string, on?: T.Day) =>
    call<Gen.GetTargetDetailData, T.TargetDetail>('GET', '/api/v1/boards/target', {
      query: { target_id: targetId, on },
    }),
}
