import type { FieldChange, ReportCell } from '@/api'
import { causeName } from './causes'
import { day, figure, quantity } from './format'
import { t, type Key } from './i18n'

/** Words of the form that entry and desk share. */
export const SOURCES: [NonNullable<ReportCell['source_basis']>, Key][] = [
  ['registered', '登记'],
  ['administrative', '行政记录'],
  ['survey', '调查'],
  ['projected', '推算'],
  ['estimate', '估算'],
]
export const STATES: [ReportCell['state'], Key][] = [
  ['final', '最终数'],
  ['preliminary', '初步数'],
  ['forecast', '预计数（不计入完成）'],
]
const named = (list: [string, Key][], code: string): string => {
  const found = list.find(([each]) => each === code)
  return found ? t(found[1]) : code
}
/** Fen as plain 万元, exact. */
export function asWan(fen: number | string): string {
  const text = String(fen).padStart(7, '0')
  const cut = `${text.slice(0, -6)}.${text.slice(-6)}`.replace(/\.?0+$/, '')
  return cut === '' ? '0' : cut
}
/** 万元 as typed to fen; null where it is no such amount. */
export function toFen(wan: string): string | null {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(wan.trim())
  return match ? String(BigInt((match[1] ?? '0') + (match[2] ?? '').padEnd(6, '0'))) : null
}
/** One side of a difference as the form writes it. */
export function sideOf(change: FieldChange, value: string | null | undefined, levels: string[] = []): string {
  if (value === null || value === undefined) return t('空')
  if (change.field === 'source_basis') return named(SOURCES, value)
  if (change.field === 'state') return named(STATES, value)
  if (change.field === 'approx') return value === 'true' ? '≈' : '='
  if (change.field === 'invested_fen') return `${asWan(value)} 万元`
  if (change.field === 'as_of' || change.field === 'expected_on') return day(value)
  if (change.field === 'cause_code') return causeName(value) ? t(causeName(value) || '其他') : value
  if (change.field === 'value') return figure(value, levels)
  return /^-?\d+(\.\d+)?$/.test(value) ? quantity(value) : value
}
