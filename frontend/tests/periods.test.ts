import { expect, it } from 'vitest'
import { before, brief, inOrder, period } from '@/ui/periods'

it('names periods as people do', () => {
  const names = {
    '2026-11': '2026年11月',
    '2026-11-1': '2026年11月上旬',
    '2026-02-3': '2026年2月下旬',
    '2026-W47': '2026年第47周',
    '2026-Q4': '2026年四季度',
    '2026-H1': '2026年上半年',
    nonsense: '—',
  }
  expect(Object.keys(names).map(period)).toEqual(Object.values(names))
  expect(period(undefined)).toBe('—')
  expect(['2026-11', '2026-11-1', '2026-W47', '2026-Q4', '2026-H2'].map(brief)).toEqual([
    '11',
    '11上',
    '47周',
    '4季',
    '下',
  ])
})

it('keeps the order of the calendar', () => {
  const sorted = [
    '2026-H2',
    '2026-Q4',
    '2026-11-1',
    '2026-11',
    '2026-11-2',
    '2026-W47',
    '2026-11-3',
    '2026-12-1',
    '2026-12',
  ]
  expect(inOrder([...sorted].reverse())).toEqual(sorted)
})

it('steps back within a form', () => {
  const pairs = {
    '2026-01': '2025-12',
    '2026-11-1': '2026-10-3',
    '2026-11-3': '2026-11-2',
    '2026-01-1': '2025-12-3',
    '2026-W47': '2026-W46',
    '2026-W01': '2025-W52',
    '2021-W01': '2020-W53',
    '2026-Q1': '2025-Q4',
    '2026-H2': '2026-H1',
    '2026-H1': '2025-H2',
  }
  expect(Object.keys(pairs).map(before)).toEqual(Object.values(pairs))
})
