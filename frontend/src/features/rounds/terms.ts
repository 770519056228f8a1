import type { Cadence, CadenceIn } from '@/api'

/** What the form holds: the contract's terms with empty strings where nothing is said. */
export interface Terms {
  every: Cadence['every']
  content: Cadence['content']
  per: Cadence['per']
  title: string
  tier: NonNullable<Cadence['tier']> | ''
  cut_offs: { after: number; day: number }[]
  hour: number
  holiday: Cadence['holiday']
  later_by: number
  open_after_days: number
  close_after_days: number
  from_on: string
  until_on: string
}

export function blank(): Terms {
  return {
    every: 'week',
    content: 'figures',
    per: 'unit',
    title: '',
    tier: '',
    cut_offs: [{ after: 0, day: 2 }],
    hour: 12,
    holiday: 'later_workday',
    later_by: 2,
    open_after_days: 0,
    close_after_days: 3,
    from_on: '',
    until_on: '',
  }
}

export function termsOf(row: Cadence): Terms {
  return {
    ...row,
    per: row.content === 'document' ? row.per : 'unit',
    title: row.title ?? '',
    tier: row.tier ?? '',
    cut_offs: row.cut_offs.map((each) => ({ ...each })),
    from_on: row.from_on ?? '',
    until_on: row.until_on ?? '',
  }
}

/** The terms as they travel; a title is kept only where a text is due. */
export function sent(terms: Terms): Omit<CadenceIn, 'programme_id'> {
  return {
    every: terms.every,
    content: terms.content,
    per: terms.content === 'document' ? terms.per : null,
    title: (terms.content === 'document' && terms.title.trim()) || null,
    tier: terms.tier || null,
    cut_offs: terms.cut_offs,
    hour: terms.hour,
    holiday: terms.holiday,
    later_by: terms.later_by,
    open_after_days: terms.open_after_days,
    close_after_days: terms.close_after_days,
    from_on: terms.from_on || null,
    until_on: terms.until_on || null,
  }
}
