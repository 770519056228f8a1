import type { FundLine, FundRate, FundSource, LedgerEntryIn } from '@/api/money'
import type { Key } from '@/ui/i18n'

export const TIERS: Record<NonNullable<FundSource['tier']>, Key> = {
  central: '中央',
  provincial: '省级',
  city: '市级',
  county: '县级',
  township: '乡镇',
}
export const SOURCES: Record<FundSource['kind'], Key> = {
  fiscal: '财政资金',
  self_raised: '自筹',
  donation: '捐赠',
  loan: '贷款',
  bond: '债券',
  lottery: '彩票公益金',
  other: '其他来源',
}
export const USAGES: Record<FundLine['usage'], Key> = { project: '项目支出', admin: '工作经费' }
export const LINES: Record<FundLine['status'], readonly [Key, 'green' | 'grey' | 'yellow']> = {
  unconfirmed: ['尚未明确', 'yellow'],
  active: ['在用', 'green'],
  closed: ['已办结', 'grey'],
  void: ['已作废', 'grey'],
}
export type Entered = LedgerEntryIn['kind']
export const ENTERED: Record<Entered, Key> = {
  notice: '下达',
  receipt: '到位',
  expenditure: '支出',
  recovery: '清退',
  return: '缴回',
  investment: '完成投资',
  plan: '计划增减',
}
export const GROUPINGS = ['source', 'tier', 'kind', 'item', 'unit', 'usage', 'month'] as const
export type Grouping = (typeof GROUPINGS)[number]
export const GROUPED: Record<Grouping, Key> = {
  source: '来源',
  tier: '级次',
  kind: '类别',
  item: '项目',
  unit: '单位',
  usage: '用途类别',
  month: '月份',
}
/** Tier of fiscal money; any other money by its kind. */
export const origin = (kind: FundSource['kind'] | null, tier: FundSource['tier']): Key =>
  tier ? TIERS[tier] : SOURCES[kind ?? 'other']

export const rateOf = (rates: FundRate[], name: FundRate['name']): string | null =>
  rates.find((rate) => rate.name === name)?.percent ?? null
/** Only the width of a bar: never shown as a figure. */
export const width = (percent: string | null): string => `${Math.max(0, Math.min(100, Number(percent ?? 0)))}%`
