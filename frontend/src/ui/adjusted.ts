import { aim, day, figure, type OPERATOR } from './format'
import { t } from './i18n'

interface Terms {
  operator: keyof typeof OPERATOR
  value: string | null
  value_max: string | null
  stretch: string | null
  deadline: string
}
export interface Adjusted {
  issued: Terms
  now: Terms
}
export interface Difference {
  part: 'target' | 'deadline' | 'stretch'
  name: string
  old: string
  value: string
}

/** What differs between two versions of a target, in words: its aim, its deadline, its stretch. */
export function differences({ issued, now }: Adjusted, levels: string[] = []): Difference[] {
  const found: Difference[] = []
  const plain = issued.operator === now.operator && now.operator !== 'range'
  const said = (terms: Terms): string =>
    terms.value === null ? t('常态化') : plain ? figure(terms.value, levels) : aim({ ...terms, levels })
  if (said(issued) !== said(now)) found.push({ part: 'target', name: t('目标'), old: said(issued), value: said(now) })
  if (issued.deadline !== now.deadline)
    found.push({ part: 'deadline', name: t('期限'), old: day(issued.deadline), value: day(now.deadline) })
  if (issued.stretch !== now.stretch)
    found.push({
      part: 'stretch',
      name: t('力争'),
      old: figure(issued.stretch, levels, t('不设')),
      value: figure(now.stretch, levels, t('不设')),
    })
  return found
}

/** Both versions as an adjustment carries them, side by side in its own fields. */
export function versions(row: {
  old_operator: Terms['operator']
  old_value: string | null
  old_value_max: string | null
  old_stretch: string | null
  old_deadline: string
  new_operator: Terms['operator']
  new_value: string | null
  new_value_max: string | null
  new_stretch: string | null
  new_deadline: string
}): Adjusted {
  return {
    issued: {
      operator: row.old_operator,
      value: row.old_value,
      value_max: row.old_value_max,
      stretch: row.old_stretch,
      deadline: row.old_deadline,
    },
    now: {
      operator: row.new_operator,
      value: row.new_value,
      value_max: row.new_value_max,
      stretch: row.new_stretch,
      deadline: row.new_deadline,
    },
  }
}

/** One adjustment in one breath: "由 30 调整为 25，期限由 … 调整为 …". */
export function adjustment(row: Parameters<typeof versions>[0], levels: string[] = []): string {
  return differences(versions(row), levels)
    .map((each) =>
      each.part === 'target'
        ? t('由 {old} 调整为 {value}', { old: each.old, value: each.value })
        : t('{name}由 {old} 调整为 {value}', { name: each.name, old: each.old, value: each.value }),
    )
    .join('，')
}
