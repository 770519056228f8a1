import type { Disbursement, PaymentPaper, SubsidyBatch, SubsidyEvent } from '@/api/money'
import type { Key } from '@/ui/i18n'

type Tone = 'blue' | 'green' | 'yellow' | 'red' | 'grey'
export const STATES: Record<Disbursement['status'] | SubsidyBatch['status'], readonly [Key, Tone]> = {
  draft: ['草稿', 'grey'],
  submitted: ['待审批', 'yellow'],
  signing: ['待领导签批', 'yellow'],
  approved: ['待支付', 'blue'],
  paid: ['已支付', 'blue'],
  confirmed: ['已到账', 'green'],
  returned: ['被退回', 'red'],
  cancelled: ['已取消', 'grey'],
  reversing: ['冲销待批', 'yellow'],
  reversed: ['已冲销', 'red'],
}
export const STAGES: Record<Disbursement['stage'], Key> = {
  advance: '预付款',
  progress: '进度款',
  final: '尾款',
  other: '其他',
}
export const EVENTS: Record<SubsidyEvent['kind'], Key> = { bounce: '银行退票', repay: '补发', recover: '追回' }
export const PAPERS: Record<PaymentPaper['kind'], Key> = {
  certificate: '计量支付证书',
  invoice: '发票',
  contract: '合同',
  acceptance: '验收材料',
  posting: '公示照片',
  other: '其他',
}
/** What a step asks for besides the button, by its verb. */
export const ASKS: Record<string, 'nothing' | 'decision' | 'reason' | 'paid' | 'received' | 'reversed'> = {
  submit: 'nothing',
  approve: 'decision',
  forward: 'decision',
  sign: 'decision',
  return: 'reason',
  refuse: 'reason',
  'send-back': 'reason',
  cancel: 'reason',
  pay: 'paid',
  confirm: 'received',
  'ask-reversal': 'reason',
  reverse: 'reversed',
  keep: 'reason',
}
/** Steps that take work forward; the others send it back or end it. */
export const ONWARD = new Set(['submit', 'approve', 'forward', 'sign', 'pay', 'confirm', 'reverse'])
/** What waits for this person: a step onward that is open to him now. */
export const waits = (row: { actions: { verb: string; enabled: boolean }[] }): boolean =>
  row.actions.some((action) => action.enabled && ONWARD.has(action.verb))
