import type { Anchor } from '@/api'
import type { Key } from '@/ui/i18n'
import { t } from '@/ui/i18n'

/** Days that a date may hang on; `date` is a place's own day of every year. */
export const NAMED: Record<Anchor['day'], Key> = {
  new_year: '元旦',
  spring_festival: '春节',
  lantern: '元宵',
  qingming: '清明',
  labour_day: '劳动节',
  dragon_boat: '端午',
  mid_autumn: '中秋',
  national_day: '国庆',
  date: '本地固定日期（如汛期）',
}
export const SIDES: Record<Anchor['side'], Key> = { before: '前', after: '后' }

/** 春节前, 国庆后第5个工作日: as the server writes it beside a milestone. */
export function anchorText(anchor: Anchor | null | undefined): string {
  if (!anchor) return ''
  const day = anchor.day === 'date' ? (anchor.name ?? anchor.month_day ?? '') : t(NAMED[anchor.day])
  const count = anchor.work_days ?? 1
  const side = t(SIDES[anchor.side])
  return count === 1 && anchor.side === 'before'
    ? `${day}${side}`
    : t('{day}{side}第 {n} 个工作日', { day, side, n: count })
}
