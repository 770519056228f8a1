import type { Deviation } from '@/api'
import type { Key } from '@/ui/i18n'

type Tone = 'blue' | 'green' | 'yellow' | 'red' | 'grey'

export const STATES: Record<Deviation['status'], readonly [Key, Tone]> = {
  open: ['待答复', 'yellow'],
  answered: ['待裁定', 'blue'],
  settled: ['已裁定', 'green'],
  void: ['已撤销', 'grey'],
}
export const CAUSES: readonly (readonly [NonNullable<Deviation['cause_code']>, Key])[] = [
  ['definition', '口径不同'],
  ['cutoff', '截止时点不同'],
  ['late', '迟报'],
  ['typing', '录入差错'],
  ['base', '基数不同'],
  ['other', '其他原因'],
]
export const OUTCOMES: readonly (readonly [NonNullable<Deviation['outcome']>, Key])[] = [
  ['ours', '以我方数为准'],
  ['theirs', '以对方数为准'],
  ['both', '两数各有口径'],
]
export const NOTES = {
  contact: '对上联系',
  answer: '答复',
  return: '退回',
  settle: '裁定',
  reopen: '重新打开',
} as const
export const wordOf = (list: readonly (readonly [string, Key])[], code: string | null): Key | '' =>
  list.find(([each]) => each === code)?.[1] ?? ''
