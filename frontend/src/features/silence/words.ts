import type { ChaseChannel, ChaseRule, Silent, SilenceState } from '@/api'
import { t, type Key } from '@/ui/i18n'

export const SILENCES: Record<SilenceState, readonly [Key, 'blue' | 'yellow' | 'red' | 'grey']> = {
  due: ['待报', 'blue'],
  late: ['已逾期', 'red'],
  returned: ['被退回', 'yellow'],
  missing: ['关闭仍未报', 'grey'],
}
export const TIERS: Record<string, Key> = {
  province: '省',
  city: '市',
  county: '县（市、区）',
  township: '乡镇（街道）',
  village: '村（社区）',
}
export const CHANNELS: Record<ChaseChannel, Key> = {
  system: '系统内消息',
  http: '短信或工作群',
  log: '日志文件',
  phone: '电话',
  paper: '书面通知',
}
/** "柳市镇 · 2026-11" picks one row of the list. */
export const keyOf = (row: Pick<Silent, 'round_id' | 'unit_id'>): string => `${row.round_id} ${row.unit_id}`

export function overText(days: number): string {
  if (days > 0) return t('逾期 {n} 天', { n: days })
  return days === 0 ? t('今天截止') : t('还有 {n} 天', { n: -days })
}
export function ruleText(rule: Pick<ChaseRule, 'kind' | 'number' | 'hour'>): string {
  const { number: n, hour } = rule
  if (rule.kind === 'repeated') return t('连续 {n} 期没有报齐，报给领导看', { n })
  const when =
    rule.kind === 'before'
      ? t('截止前 {n} 天', { n })
      : rule.kind === 'after'
        ? t('截止后第 {n} 天', { n })
        : t('逾期后每 {n} 天', { n })
  return `${when} · ${t('{hour} 点以后', { hour })}`
}
