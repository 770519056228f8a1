import { describe, expect, it } from 'vitest'
import type { BoardCell, BoardMatrix, LagRow } from '@/api'
import { boardOf, byGap, foldableUnits, matches, sortLag } from '@/features/boards/board'
import { csv, csvCell } from '@/features/boards/csv'

const cell = (unit: string, item: string, light: BoardCell['light'], gap: string | null, own = true): BoardCell => ({
  unit_id: unit,
  item_id: item,
  target_id: `${unit}${item}`,
  light,
  value: null,
  original_value: null,
  adjusted: null,
  dispute: null,
  attainment: 'none',
  state: null,
  progress_pct: null,
  expected_pct: null,
  gap_points: gap,
  standing:
    light === 'none' ? null : light === 'red' || light === 'yellow' ? 'behind' : gap?.startsWith('-') ? 'ahead' : 'on',
  own,
  missing: 0,
  waived: false,
})
const unit = (id: string, parent_id: string | null, depth: number) => ({
  id,
  parent_id,
  depth,
  name: id,
  tier: ['city', 'county', 'township'][depth] ?? '',
})
const item = (id: string, code: string) => ({
  id,
  code,
  title: id,
  met: 0,
  base: 0,
  left_out: 0,
  count_pct: null,
  value_pct: null,
  value_actual: null,
  value_base: null,
  short: null,
  shortfall: null,
  measure_name: null,
  states: {},
})
const matrix: BoardMatrix = {
  programme_id: 'p',
  programme_name: 'p',
  on: null,
  due_on: '2026-10-31',
  rule_set: { code: 'points-10-30', name: '', source: '', lights: [] },
  items: [item('j', '2.1'), item('i', '1.2')],
  units: [unit('市', null, 0), unit('甲', '市', 1), unit('甲一', '甲', 2), unit('甲二', '甲', 2), unit('乙', '市', 1)],
  cells: [
    cell('市', 'i', 'yellow', '12', false),
    cell('甲', 'i', 'red', '31', false),
    cell('甲一', 'i', 'red', '40.5'),
    cell('甲二', 'i', 'done', '-3'),
    cell('乙', 'i', 'green', '0'),
    cell('甲一', 'j', 'none', null),
    cell('乙', 'j', 'green', '-0.1'),
  ],
  totals: { ahead: 2, on: 1, behind: 1, unjudged: 1, lights: { green: 2, yellow: 0, red: 1, done: 1, none: 1 } },
}
const names = (rows: { unit: { id: string } }[]): string[] => rows.map((r) => r.unit.id)

describe('light matrix', () => {
  it('shows counties, and townships of what is unfolded', () => {
    const folded = boardOf(matrix, new Set())
    expect(names(folded.rows)).toEqual(['市', '甲', '乙'])
    expect(folded.items.map((i) => i.code)).toEqual(['1.2', '2.1'])
    expect(folded.rows.map((r) => [r.foldable, r.open])).toEqual([
      [false, false],
      [true, false],
      [false, false],
    ])
    const open = boardOf(matrix, new Set(['甲']))
    expect(names(open.rows)).toEqual(['市', '甲', '甲一', '甲二', '乙'])
    expect(open.rows[2]?.cells.map((c) => c?.light)).toEqual(['red', 'none'])
    expect(open.rows[3]?.cells.map((c) => c?.light)).toEqual(['done', undefined])
    expect(open.rows[2]?.lights).toEqual({ red: 1, none: 1 })
    expect(foldableUnits(matrix)).toEqual(['甲'])
  })
  it('under a filter keeps matching units with those above them, never sums', () => {
    const red = boardOf(matrix, new Set(), 'red')
    expect(names(red.rows)).toEqual(['市', '甲', '甲一'])
    expect(red.items.map((i) => i.id)).toEqual(['i'])
    expect(red.rows.map((r) => r.open)).toEqual([false, true, false])
    expect(names(boardOf(matrix, new Set(), 'ahead').rows)).toEqual(['市', '甲', '甲二', '乙'])
    expect(boardOf(matrix, new Set(), 'yellow')).toEqual({ items: [], rows: [] })
  })
  it('counts standings as the board does', () => {
    const own = matrix.cells.filter((c) => c.own)
    expect(own.filter((c) => matches(c, 'ahead')).length).toBe(matrix.totals.ahead)
    expect(matrix.cells.filter((c) => matches(c, 'behind')).length).toBe(matrix.totals.behind)
  })
  it('sorts gaps as decimals, those without last', () => {
    const gaps = ['9.5', null, '-3', '100.2', '10']
    expect(byGap(gaps.map((gap_points) => ({ gap_points }))).map((r) => r.gap_points)).toEqual([
      '100.2',
      '10',
      '9.5',
      '-3',
      null,
    ])
    const rows = [
      { unit_name: '乙', item_code: '10.1', gap_points: '9' },
      { unit_name: '甲', item_code: '2.1', gap_points: '11' },
    ] as LagRow[]
    expect(sortLag(rows, 'gap', false).map((r) => r.gap_points)).toEqual(['11', '9'])
    expect(sortLag(rows, 'gap', true).map((r) => r.gap_points)).toEqual(['9', '11'])
    expect(sortLag(rows, 'item', false).map((r) => r.item_code)).toEqual(['2.1', '10.1'])
  })
})

describe('csv', () => {
  it('quotes what would break a row', () => {
    expect(csvCell('a,b')).toBe('"a,b"')
    expect(csvCell('说“好”')).toBe('说“好”')
    expect(csvCell('say "x"')).toBe('"say ""x"""')
    expect(csvCell('一\n二')).toBe('"一\n二"')
    expect(csvCell(null)).toBe('')
    expect(csvCell(0)).toBe('0')
  })
  it('disarms formulas and leaves figures alone', () => {
    expect(csvCell('=1+1')).toBe(`"'=1+1"`)
    expect(csvCell('@SUM(A1)')).toBe(`"'@SUM(A1)"`)
    expect(csvCell('+86')).toBe(`"'+86"`)
    expect(csvCell('-征地')).toBe(`"'-征地"`)
    expect(csvCell('＝cmd')).toBe(`"'＝cmd"`)
    expect(csvCell('\t=1')).toBe(`"'\t=1"`)
    expect(csvCell('-12.5')).toBe('-12.5')
    expect(csvCell('961.7')).toBe('961.7')
    expect(csvCell('≥95')).toBe('≥95')
  })
  it('writes the mark and the line ends Excel wants', () => {
    expect(csv([['单位', '落后'], ['柳市镇', '12.2'], []])).toBe('\uFEFF单位,落后\r\n柳市镇,12.2\r\n\r\n')
  })
})
