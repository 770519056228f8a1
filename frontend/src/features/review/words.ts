import type { MoveVerb } from '@/api'
import { language, t, type Key } from '@/ui/i18n'
import type { CellState, Judgement } from './desk'

/** Words and marks of the desk. Two characters fit a cell; the full word is for the panel and for screen readers. */
export const STATE: Record<CellState, { name: Key; short: string }> = {
  submitted: { name: '待审核', short: '待审' },
  reviewed: { name: '已审核', short: '已审' },
  accepted: { name: '已确认', short: '确认' },
  returned: { name: '被退回', short: '退回' },
  overdue: { name: '逾期未报', short: '逾期' },
  draft: { name: '未报', short: '未报' },
  correcting: { name: '正在填更正', short: '更正' },
}
/** Two characters say it in Chinese; other languages need their word. */
export const inCell = (state: CellState): string =>
  language.value === 'zh-CN' ? STATE[state].short : t(STATE[state].name)
export const JUDGEMENT: Record<Judgement, Key> = { review: '审核通过', accept: '确认', return: '退回' }
export const RETURNS: MoveVerb[] = ['return', 'send-back']
/** Ready sentences for a return: the commonest reasons, to be completed by hand. */
export const SENTENCES: Key[] = [
  '本期数与台账不一致，请核对后重报。',
  '累计数与上期不衔接，请说明原因。',
  '落后原因写得不具体，请写明卡在哪里、何时补上。',
  '计量单位可能填错，请核对。',
]
