import type { Cadence, OpenItem, RoundProgress } from '@/api'
import type { Key } from '@/ui/i18n'

export const EVERY = {
  ten_days: '每旬',
  week: '每周',
  month: '每月一期',
  quarter: '每季',
  half_year: '每半年',
} satisfies Record<Cadence['every'], Key>

export const HOLIDAY = {
  none: '不变',
  earlier_workday: '提前到前一个工作日',
  later_workday: '顺延到节后工作日',
} satisfies Record<Cadence['holiday'], Key>

export const TIERS = { city: '市级单位', county: '县级单位', township: '乡镇' } satisfies Record<
  NonNullable<Cadence['tier']>,
  Key
>

export const STATES: Record<RoundProgress['state'], [Key, 'grey' | 'blue' | 'yellow']> = {
  scheduled: ['未开始', 'grey'],
  open: ['填报中', 'blue'],
  overdue: ['已过截止', 'yellow'],
  closed: ['已关闭', 'grey'],
}

export const OPEN = {
  missing: ['未报', 'red'],
  returned: ['退回未再报', 'red'],
  submitted: ['待审核', 'yellow'],
  late: ['迟报', 'yellow'],
  exception: ['例外放开', 'blue'],
  correction: ['更正中', 'blue'],
  dispute: ['数据偏差', 'yellow'],
} satisfies Record<OpenItem['kind'], [Key, string]>
