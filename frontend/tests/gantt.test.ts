import { describe, expect, it } from 'vitest'
import type { CalendarDay, Milestone } from '@/api'
import { readDays, sheets } from '@/features/calendar/sheet'
import { dayNumber, dayOf, months, runs, snap, span, stepDays, yearsOf, type Off } from '@/features/milestones/gantt'
import { anchorText } from '@/features/milestones/anchors'
import { freshKey, lines, spans } from '@/features/milestones/templates'
import { tenDayEnds } from '@/features/programmes/months'

const days = (...list: string[]): Set<number> => new Set(list.map(dayNumber))
/** 26 and 27 September 2026 are a weekend, 1 to 7 October a holiday; only 2026 is known. */
const off: Off = {
  years: new Set([2026]),
  days: days(
    ...['2026-09-26', '2026-09-27'],
    ...Array.from({ length: 7 }, (_, i) => `2026-10-0${i + 1}`),
    ...['2026-12-26', '2026-12-27'],
  ),
}
const n = dayNumber

describe('days of the time line', () => {
  it('counts days and back', () => {
    for (const day of ['2026-01-01', '2026-02-28', '2028-02-29', '2026-12-31']) expect(dayOf(n(day))).toBe(day)
    expect(n('2026-03-01') - n('2026-02-28')).toBe(1)
  })
  it('lands on a working day in the direction of the drag', () => {
    expect(dayOf(snap(n('2026-10-02'), off, 1))).toBe('2026-10-08')
    expect(dayOf(snap(n('2026-10-02'), off, -1))).toBe('2026-09-30')
    expect(dayOf(snap(n('2026-09-28'), off, 1))).toBe('2026-09-28')
  })
  it('steps by working days, and there and back is the same', () => {
    expect(dayOf(stepDays(n('2026-09-30'), 1, off))).toBe('2026-10-08')
    expect(dayOf(stepDays(n('2026-09-25'), 3, off))).toBe('2026-09-30')
    expect(dayOf(stepDays(stepDays(n('2026-09-25'), 5, off), -5, off))).toBe('2026-09-25')
  })
  it('does not guess in a year that is not known', () => {
    expect(dayOf(snap(n('2027-01-02'), off, 1))).toBe('2027-01-02')
  })
  it('draws a holiday as one box', () => {
    expect(runs(off, n('2026-09-20'), n('2026-10-10')).map((r) => [dayOf(r.at), r.days])).toEqual([
      ['2026-09-26', 2],
      ['2026-10-01', 7],
    ])
  })
  it('holds everything that is drawn', () => {
    const row = {
      start_on: '2026-05-01',
      baseline_on: '2026-06-01',
      planned_on: '2026-07-01',
      forecast_on: null,
      started_on: null,
      opened_on: null,
      moves: [{ to_on: '2026-09-01' }],
    } as unknown as Milestone
    const { from, to } = span([row], '2026-06-15')
    expect([dayOf(from + 10), dayOf(to - 20)]).toEqual(['2026-05-01', '2026-09-01'])
    expect(yearsOf([row], '2026-06-15')).toEqual([2026])
    expect(yearsOf([{ ...row, moves: [] }], '2027-01-05')).toEqual([2026, 2027])
    expect(months(n('2026-11-20'), n('2027-01-02')).map((m) => [m.year, m.month])).toEqual([
      ['2026', 11],
      ['2026', 12],
      ['2027', 1],
    ])
  })
})

describe('ten-day periods', () => {
  it('end on the 10th, the 20th and the last day, the deadline being the last', () => {
    expect(tenDayEnds('2026-02-05', '2026-03-25')).toEqual([
      ...['2026-02-10', '2026-02-20', '2026-02-28'],
      ...['2026-03-10', '2026-03-20', '2026-03-25'],
    ])
    expect(tenDayEnds('2026-02-11', '2026-02-28')).toEqual(['2026-02-20', '2026-02-28'])
  })
})

describe('month sheets', () => {
  const year = Array.from({ length: 365 }, (_, i) => ({ on: dayOf(n('2026-01-01') + i) }) as CalendarDay)
  it('hold every day once, weeks from Monday', () => {
    const made = sheets(year)
    expect(made.map((s) => s.month)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(made.flatMap((s) => s.weeks.flat()).filter(Boolean)).toEqual(year)
    // 1 January 2026 is a Thursday.
    expect(made[0]?.weeks[0]?.map((d) => d?.on.slice(8) ?? '')).toEqual(['', '', '', '01', '02', '03', '04'])
  })
  it('reads a pasted notice and names the lines it cannot read', () => {
    const read = readDays('2027-01-01 放假 元旦\n\n2027-02-20  上班  春节\n1月1日 放假 元旦\r\n2027-01-02 休 元旦')
    expect(read.days).toEqual([
      { day: '2027-01-01', kind: 'holiday', name: '元旦' },
      { day: '2027-02-20', kind: 'workday', name: '春节' },
    ])
    expect(read.wrong).toEqual([4, 5])
  })
})

describe('templates', () => {
  const steps = lines([
    { key: 'a', name: '立项', work_days: 15 },
    { key: 'b', name: '用地', work_days: 20, after: ['a'] },
    { key: 'c', name: '设计', work_days: 5, after: ['a'] },
    { key: 'd', name: '招标', work_days: 10, after: ['b', 'c'] },
  ])
  it('lays the steps end to end, each behind all that it waits for', () => {
    expect([...spans(steps).entries()]).toEqual([
      ['a', [1, 15]],
      ['b', [16, 35]],
      ['c', [16, 20]],
      ['d', [36, 45]],
    ])
  })
  it('leaves steps in a circle out, and names a new step as none is named', () => {
    const circle = lines([
      { key: 's2', name: '甲', work_days: 1, after: ['s3'] },
      { key: 's3', name: '乙', work_days: 1, after: ['s2'] },
    ])
    expect(spans(circle).size).toBe(0)
    expect(freshKey(circle)).toBe('s4')
  })
  it('writes a named day as the server does', () => {
    expect(anchorText({ day: 'spring_festival', side: 'before' })).toBe('春节前')
    expect(anchorText({ day: 'national_day', side: 'after', work_days: 5 })).toBe('国庆后第 5 个工作日')
    expect(anchorText({ day: 'date', month_day: '04-15', name: '汛期', side: 'before', work_days: 1 })).toBe('汛期前')
  })
})
