import type { Key } from './i18n'

/** The forms that periods come in, by how their keys are written. */
export type Form = 'ten_days' | 'week' | 'month' | 'quarter' | 'half_year'

export function formOf(period: string): Form {
  const rest = period.slice(5)
  if (rest.startsWith('W')) return 'week'
  if (rest.startsWith('Q')) return 'quarter'
  if (rest.startsWith('H')) return 'half_year'
  return rest.length > 2 ? 'ten_days' : 'month'
}

/** What the sheet of a period is called. */
export const HEADINGS = {
  ten_days: '旬报填报',
  week: '周报填报',
  month: '月度填报',
  quarter: '季度填报',
  half_year: '半年填报',
} satisfies Record<Form, Key>
