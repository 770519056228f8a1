import type { CauseCode } from '@/api'
import { t, type Key } from './i18n'

/** Why work is behind. The codes are the contract's, the words are ours. */
export const CAUSES: [CauseCode, Key][] = [
  ['funds', '资金'],
  ['upper_money', '上级资金未下达'],
  ['land', '用地'],
  ['approval', '审批'],
  ['weather', '天气'],
  ['staff', '人员力量'],
  ['coordination', '协调'],
  ['unwilling', '群众意愿'],
]
export const causeName = (code: string | null | undefined): Key | '' => CAUSES.find(([c]) => c === code)?.[1] ?? ''
/** What is pasted may be the word instead of the code; what is neither goes as it is and is refused by the server. */
export const causeOf = (said: string): string =>
  CAUSES.find(([, name]) => said === name || said === t(name))?.[0] ?? said
