import type { RuleBand, RuleDefinition, RuleDimension, RuleFault } from '@/api'
import type { Key } from '@/ui/i18n'

/** A rule set as a table of bands: each band but the last has an upper bound, and says to whom the bound itself belongs. */

export const KIND: Record<RuleDimension['kind'] & string, Key> = {
  start: '开工',
  progress: '进度',
  money: '资金',
  reporting: '填报',
}
export const BASE: Record<RuleDimension['base'] & string, Key> = {
  plan: '本单位计划（序时）',
  line: '直线进度',
  milestone: '节点',
  absolute: '绝对完成率',
  peers: '同类平均',
  rank: '同类名次（从末位数起）',
}
export const MEASURE: Record<RuleDimension['measure'] & string, { name: Key; unit: Key }> = {
  points: { name: '落后百分点', unit: '百分点' },
  relative: { name: '比应有进度低（%）', unit: '%' },
  days: { name: '落后天数', unit: '天' },
  percent: { name: '完成率（%）', unit: '%' },
  place: { name: '末位名次', unit: '名' },
  months: { name: '未开工月数', unit: '个月' },
}
export const MEASURES: Record<string, (keyof typeof MEASURE)[]> = {
  line: ['points', 'relative', 'days'],
  plan: ['points', 'relative', 'days'],
  milestone: ['days', 'points'],
  absolute: ['percent'],
  peers: ['points'],
  rank: ['place'],
}
export const FIXED: Record<string, keyof typeof MEASURE> = { start: 'months', reporting: 'days', money: 'percent' }
export const HUES = ['green', 'yellow', 'orange', 'red', 'blue', 'grey', 'done', 'none'] as const
export const HUE: Record<(typeof HUES)[number], Key> = {
  green: '绿',
  yellow: '黄',
  orange: '橙',
  red: '红',
  blue: '蓝',
  grey: '灰',
  done: '深蓝',
  none: '浅灰',
}

/** Sets the upper bound of a band; the next band begins where it ends, so that no hole and no overlap can be typed. */
export function setBound(bands: RuleBand[], index: number, value: string | null, own: boolean): void {
  const band = bands[index]
  const next = bands[index + 1]
  if (!band || !next) return
  band.high = value
  band.high_inclusive = own
  next.low = value
  next.low_inclusive = !own
}
/** Splits a band in two at a value; the new one takes the upper part. */
export function addBand(bands: RuleBand[], index: number, at: string): void {
  const band = bands[index]
  if (!band) return
  bands.splice(index + 1, 0, { ...band, low: at, low_inclusive: false })
  setBound(bands, index, at, true)
}
/** Takes a band out; its neighbour below takes over what it covered. */
export function dropBand(bands: RuleBand[], index: number): void {
  if (bands.length < 2) return
  const [gone] = bands.splice(index, 1)
  const below = bands[index - 1]
  const above = bands[index]
  if (!gone) return
  if (below) {
    below.high = gone.high ?? null
    below.high_inclusive = gone.high_inclusive ?? false
  } else if (above) {
    above.low = null
    above.low_inclusive = false
  }
}
export function range(band: RuleBand): string {
  const low = band.low == null ? '' : `${band.low_inclusive ? '≥' : '>'} ${band.low}`
  const high = band.high == null ? '' : `${band.high_inclusive ? '≤' : '<'} ${band.high}`
  return [low, high].filter(Boolean).join('　') || '—'
}
/** A fault at a place or anywhere beneath it. */
export const faultAt = (faults: RuleFault[], pointer: string): string | undefined =>
  faults.find((f) => f.pointer === pointer || f.pointer.startsWith(`${pointer}/`))?.message

export const lightsOf = (d: RuleDefinition): { key: string; name: string }[] =>
  d.colours.filter((c) => c.key !== 'done').map(({ key, name }) => ({ key, name }))
