import type { Indicator, Item, Programme } from '@/api'
import type { Key } from '@/ui/i18n'

export const KINDS: Record<Programme['kind'], Key> = {
  livelihood: '民生实事',
  campaign: '专项行动',
  evaluation: '考核评价',
  key_projects: '重点项目',
  line_department: '部门条线',
}
export const ACCUMULATION: Record<'cumulative' | 'snapshot', Key> = { cumulative: '累计数', snapshot: '时点数' }
export const AGGREGATION: Record<Indicator['aggregation'], Key> = {
  sum: '下级相加',
  ratio: '按分子分母合计',
  none: '不可相加',
}
export const INDICATOR_KINDS: Record<Indicator['kind'], Key> = {
  count: '数量',
  ratio: '比率',
  ordinal: '等级',
  frequency: '频次',
  policy: '政策参数',
}
export const PERIODS: Record<NonNullable<Indicator['per_period']>, Key> = {
  month: '每月',
  quarter: '每季',
  year: '每年',
}
export const ITEM_KINDS: Record<NonNullable<Item['kind']>, Key> = {
  works: '工程类',
  subsidy: '补助类',
  insurance: '参保类',
  training: '培训类',
  service: '服务类',
  policy: '政策类',
  ongoing: '常态化（无年度目标）',
}
export const ORIGINS: Record<Item['origin'], Key> = { own: '本级自定', handed_down: '上级下达' }
