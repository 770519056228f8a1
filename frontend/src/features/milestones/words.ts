import type { Milestone, MilestoneMove, MilestoneTemplate, Phases, Precision } from '@/api'
import { day } from '@/ui/format'
import { t, type Key } from '@/ui/i18n'
import { doneOn, waiting } from './gantt'

export const KINDS: Record<Milestone['kind'], Key> = {
  step: '普通节点',
  deliverable: '交付物',
  works: '工程',
  inspection: '迎检',
  batch: '批次',
}
export const TEMPLATE_KINDS: Record<MilestoneTemplate['kind'], Key> = {
  works: '工程类',
  subsidy: '补助类',
  insurance: '参保类',
  training: '培训类',
  service: '服务类',
  policy: '政策类',
  ongoing: '常态化',
}
export const PRECISIONS: Record<Precision, Key> = { day: '到日', ten_days: '到旬', month: '到月', quarter: '到季' }
export const CHECKS: Record<Milestone['checks'][number]['kind'], Key> = {
  project: '立项',
  funds: '资金',
  land: '用地',
  tender: '招标',
}
export const STATES: Record<Milestone['status'], readonly [Key, 'blue' | 'green' | 'yellow' | 'red' | 'grey']> = {
  draft: ['草稿', 'grey'],
  issued: ['已确定', 'blue'],
  reached: ['已完成', 'green'],
  built: ['已完工', 'green'],
  passed: ['已验收', 'green'],
  opened: ['已投用', 'green'],
  void: ['已作废', 'grey'],
}
export const MOVE_STATES: Record<
  MilestoneMove['status'],
  readonly [Key, 'blue' | 'green' | 'yellow' | 'red' | 'grey']
> = {
  asked: ['待批准', 'yellow'],
  approved: ['已批准', 'green'],
  refused: ['未批准', 'red'],
  withdrawn: ['已撤回', 'grey'],
}

/** What stands before the name of a phase says how it stands; colour only repeats it. */
export const PHASE_STATES: Record<Phases['phases'][number]['state'], readonly [string, Key]> = {
  done: ['✓', '已完成'],
  current: ['▶', '进行中'],
  late: ['!', '有节点逾期'],
  ahead: ['○', '未到'],
}

/** How a milestone stands today, in one short phrase; the tone only repeats it. */
export function standing(m: Milestone): { text: string; tone: 'red' | 'yellow' | 'green' | 'quiet' } {
  const done = doneOn(m)
  if (done) return { text: `${day(done)} ${t(STATES[m.status][0])}`, tone: 'green' }
  if (m.late) return { text: t('已逾期 {n} 天', { n: -(m.days_left ?? 0) }), tone: 'red' }
  const asked = waiting(m)
  if (asked) return { text: t('申请改到 {day}，待批准', { day: asked.to_text }), tone: 'yellow' }
  if (m.start_passed) return { text: t('最迟开始日 {day} 已过', { day: day(m.start_on) }), tone: 'yellow' }
  const left = t('还剩 {n} 天', { n: m.days_left ?? 0 })
  return {
    text: m.workdays_left === null ? left : `${left}（${t('{n} 个工作日', { n: m.workdays_left })}）`,
    tone: 'quiet',
  }
}
/** Buttons that fit the kind: works are built, the rest is simply reached. */
export const fits = (m: Milestone, verb: string): boolean => verb !== (m.kind === 'works' ? 'reach' : 'build')
