import type { BoardCell, StateKind } from '@/api'
import type { Key } from './i18n'

/** States of a task beside its life cycle, and the words for how far a figure goes. */
export const STATES: Record<StateKind, Key> = {
  not_applicable: '不适用',
  waiting_policy: '等待政策',
  suspended: '暂缓实施',
  not_handed_down: '尚未下达',
}
export const ATTAINMENTS: Record<BoardCell['attainment'], Key> = {
  none: '未判定',
  short: '未达到',
  floor: '达到保底',
  met: '达到目标',
  over: '超额完成',
  stretch: '达到力争',
  beyond: '超出上限',
}
