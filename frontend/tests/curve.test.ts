import { describe, expect, it } from 'vitest'
import { area, line, months, nearest, scale, ticks, timeOf, width } from '@/features/boards/curve'

describe('ticks', () => {
  it('are round, and reach around nought and every value', () => {
    expect(ticks([3798, 2658])).toEqual([0, 1000, 2000, 3000, 4000])
    expect(ticks([0.385, 0.2625])).toEqual([0, 0.1, 0.2, 0.3, 0.4])
    expect(ticks([92])).toEqual([0, 20, 40, 60, 80, 100])
    expect(ticks([-12, 30])).toEqual([-20, -10, 0, 10, 20, 30])
    expect(ticks([100])).toEqual([0, 20, 40, 60, 80, 100])
  })
  it('stand for nothing at all too, and never below the sixth decimal', () => {
    expect(ticks([])).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(ticks([0.000001])).toEqual([0, 0.000001])
  })
})

describe('months of the axis', () => {
  const named = (from: string, to: string, room: number): string =>
    months(timeOf(from), timeOf(to), room)
      .filter((m) => m.named)
      .map((m) => `${m.year}-${m.month}`)
      .join(' ')
  it('are named in their middle, as many as there is room for', () => {
    expect(named('2026-02-05', '2026-12-31', 12)).toMatch(/^2026-2 2026-3 .* 2026-12$/)
    expect(named('2026-02-05', '2026-12-31', 7)).toBe('2026-3 2026-5 2026-7 2026-9 2026-11')
    expect(named('2026-02-20', '2026-04-10', 9)).toBe('2026-3')
    expect(named('2026-01-01', '2028-12-31', 4)).toBe('2026-1 2027-1 2028-1')
  })
  it('begin on their first', () => {
    expect(months(timeOf('2026-02-01'), timeOf('2026-04-10'), 9).map((m) => m.start)).toEqual(
      ['2026-02-01', '2026-03-01', '2026-04-01'].map(timeOf),
    )
  })
})

it('places values, and a single one in the middle', () => {
  expect(scale(0, 10, 100, 0)(2.5)).toBe(75)
  expect(scale(5, 5, 0, 100)(5)).toBe(50)
})
it('draws a line and the field beneath it', () => {
  expect(line([])).toBe('')
  expect(line([[0, 9]])).toBe('M0.0 9.0')
  expect(area([], 10)).toBe('')
  expect(
    area(
      [
        [0, 9],
        [5, 4],
      ],
      10,
    ),
  ).toBe('M0.0 9.0L5.0 4.0L5.0 10L0.0 10Z')
})
it('finds the nearest point', () => {
  expect([nearest([], 3), nearest([0, 10, 20], -5), nearest([0, 10, 20], 14), nearest([0, 10, 20], 99)]).toEqual([
    -1, 0, 1, 2,
  ])
})
it('knows about how wide a text is', () => {
  expect(width('11月')).toBeCloseTo(2.2)
})
