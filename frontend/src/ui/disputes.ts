import type { Dispute } from '@/api'
import { day, period, quantity } from './format'
import { t, type Key } from './i18n'

const STATES: Record<Dispute['state'], Key> = {
  open: '待答复',
  answered: '已答复，待裁定',
  uncorrected: '以对方为准，待更正',
}

/** A figure that an official one contradicts, in one breath; until it is settled it is not scored. */
export function sayDispute(dispute: Dispute): string {
  const said = t('与{source} {period} 的数 {value} 不符，{state}', {
    source: dispute.source_name,
    period: period(dispute.period),
    value: quantity(dispute.their_value),
    state: t(STATES[dispute.state]),
  })
  return dispute.due_on ? `${said}（${t('{date} 前答复', { date: day(dispute.due_on) })}）` : said
}

/** Whether a figure of a curve is the contradicted one: the newest up to the day of theirs, and what follows carries it on. */
export const doubted = (dispute: Dispute, point: { on: string; actual_value: string | null }): boolean =>
  point.actual_value !== null && point.on >= dispute.as_of
