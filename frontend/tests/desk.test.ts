import { describe, expect, it } from 'vitest'
import type { DeskCell, ReviewDesk } from '@/api'
import {
  between,
  defaultPeriod,
  gridOf,
  matches,
  nextWaiting,
  nudge,
  offers,
  silent,
  stateOf,
  toggled,
} from '@/features/review/desk'
import { byCode } from '@/ui/codes'
import { step } from '@/ui/cursor'

const cell = (id: string, unit: string, item: string, more: Partial<DeskCell> = {}): DeskCell => ({
  report_id: id,
  unit_id: unit,
  item_id: item,
  version: 3,
  status: 'submitted',
  returned: false,
  overdue: false,
  revision: 1,
  changes: 0,
  open_comments: 0,
  findings: 0,
  explained: 0,
  dispute: null,
  light: 'green',
  mark: { name: '绿灯', glyph: '●', hue: 'green', bad: false },
  verbs: ['review', 'return'],
  ...more,
})
const late: Partial<DeskCell> = { status: 'draft', overdue: true, verbs: [] }
const desk: ReviewDesk = {
  programme_id: 'p',
  programme_name: '温州市2026年民生实事',
  period: '2026-10',
  round: null,
  units: [
    { id: 'a', parent_id: null, name: '柳市镇', depth: 0 },
    { id: 'b', parent_id: null, name: '北白象镇', depth: 0 },
    { id: 'c', parent_id: null, name: '虹桥镇', depth: 0 },
  ],
  // As the server sends them: by position within the parent, not by number.
  items: [
    { id: 'y', code: '2.1', title: '养老' },
    { id: 'x', code: '1.2', title: '公交' },
    { id: 'z', code: '10.1', title: '就业' },
  ],
  cells: [
    cell('ax', 'a', 'x'),
    cell('ay', 'a', 'y', { status: 'reviewed', verbs: ['accept', 'send-back'] }),
    cell('az', 'a', 'z', late),
    cell('bx', 'b', 'x', { ...late, returned: true }),
    cell('by', 'b', 'y'),
    cell('cx', 'c', 'x', { status: 'accepted', verbs: [] }),
    cell('cy', 'c', 'y', { ...late, overdue: false }),
    cell('cz', 'c', 'z', late),
  ],
  counts: { total: 8, draft: 4, submitted: 2, reviewed: 1, accepted: 1, returned: 1, overdue: 3 },
}
const grid = gridOf(desk)
const ids = (rows: (DeskCell | undefined)[][]): (string | undefined)[][] => rows.map((r) => r.map((c) => c?.report_id))

describe('review desk', () => {
  it('lays units × items out in catalogue order, with totals and holes', () => {
    expect(grid.items.map((i) => i.code)).toEqual(['1.2', '2.1', '10.1'])
    expect(ids(grid.cells)).toEqual([
      ['ax', 'ay', 'az'],
      ['bx', 'by', undefined],
      ['cx', 'cy', 'cz'],
    ])
    expect(grid.rows).toEqual([
      { filed: 2, total: 3, waiting: 2 },
      { filed: 1, total: 2, waiting: 1 },
      { filed: 1, total: 3, waiting: 0 },
    ])
    expect(grid.columns).toEqual([
      { filed: 2, total: 3, waiting: 1 },
      { filed: 2, total: 3, waiting: 2 },
      { filed: 0, total: 2, waiting: 0 },
    ])
  })
  it('names the state a cell shows', () => {
    expect(desk.cells.map(stateOf)).toEqual([
      'submitted',
      'reviewed',
      'overdue',
      'returned',
      'submitted',
      'accepted',
      'draft',
      'overdue',
    ])
  })
  it('drops rows and columns without a match', () => {
    const todo = gridOf(desk, 'todo')
    expect(todo.units.map((u) => u.id)).toEqual(['a', 'b'])
    expect(todo.items.map((i) => i.id)).toEqual(['x', 'y'])
    expect(ids(todo.cells)).toEqual([
      ['ax', 'ay'],
      ['bx', 'by'],
    ])
    expect(gridOf(desk, 'overdue').units.map((u) => u.id)).toEqual(['a', 'b', 'c'])
    expect(ids(gridOf(desk, '', 'b').cells)).toEqual([['bx', 'by']])
    expect(desk.cells.filter((c) => matches(c, 'returned')).map((c) => c.report_id)).toEqual(['bx'])
  })
  it('chooses only what waits: a cell, a block, a row, a column, all', () => {
    expect(between(grid, { r: 0, c: 0 }, { r: 0, c: 0 })).toEqual(['ax'])
    expect(between(grid, { r: 1, c: 1 }, { r: 0, c: 0 })).toEqual(['ax', 'ay', 'by'])
    expect(between(grid, { r: 0, c: -1 }, { r: 0, c: -1 })).toEqual(['ax', 'ay'])
    expect(between(grid, { r: -1, c: 1 }, { r: -1, c: 1 })).toEqual(['ay', 'by'])
    expect(between(grid, { r: -1, c: -1 }, { r: -1, c: -1 })).toEqual(['ax', 'ay', 'by'])
    expect(between(grid, { r: 2, c: 0 }, { r: 2, c: 2 })).toEqual([])
    expect(between(grid, { r: -1, c: -1 }, { r: -1, c: -1 }, 'submitted')).toEqual(['ax', 'by'])
  })
  it('takes a wholly chosen block out again', () => {
    expect([...toggled(new Set(['ax']), ['ax', 'ay'])]).toEqual(['ax', 'ay'])
    expect([...toggled(new Set(['ax', 'ay', 'by']), ['ax', 'ay'])]).toEqual(['by'])
  })
  it('offers only the verbs the cells carry, one call a verb', () => {
    expect(offers(desk.cells)).toEqual([
      {
        judgement: 'review',
        count: 2,
        calls: [
          {
            verb: 'review',
            rows: [
              { id: 'ax', version: 3 },
              { id: 'by', version: 3 },
            ],
          },
        ],
      },
      { judgement: 'accept', count: 1, calls: [{ verb: 'accept', rows: [{ id: 'ay', version: 3 }] }] },
      {
        judgement: 'return',
        count: 3,
        calls: [
          {
            verb: 'return',
            rows: [
              { id: 'ax', version: 3 },
              { id: 'by', version: 3 },
            ],
          },
          { verb: 'send-back', rows: [{ id: 'ay', version: 3 }] },
        ],
      },
    ])
    expect(offers([desk.cells[5] as DeskCell])).toEqual([])
  })
  it('walks what waits, round and round', () => {
    expect(nextWaiting(grid, undefined, 1)?.report_id).toBe('ax')
    expect(nextWaiting(grid, 'ax', 1)?.report_id).toBe('ay')
    expect(nextWaiting(grid, 'by', 1)?.report_id).toBe('ax')
    expect(nextWaiting(grid, 'ax', -1)?.report_id).toBe('by')
    expect(nextWaiting(gridOf(desk, '', 'c'), undefined, 1)).toBeUndefined()
  })
  it('lists who is silent, late ones first, and writes the reminder', () => {
    const list = silent(desk)
    expect(list.map((s) => [s.unit_name, s.overdue, s.returned, s.draft])).toEqual([
      ['虹桥镇', 1, 0, 2],
      ['柳市镇', 1, 0, 1],
      ['北白象镇', 1, 1, 1],
    ])
    expect(nudge('温州市2026年民生实事', '2026年10月', '11月5日 18:00', list)).toBe(
      [
        '《温州市2026年民生实事》2026年10月进度，11月5日 18:00截止，以下单位尚未报送：',
        '虹桥镇：2 项（2.1 养老；10.1 就业）',
        '柳市镇：1 项（10.1 就业）',
        '北白象镇：1 项（1.2 公交）',
        '请尽快登录系统填报。',
      ].join('\n'),
    )
  })
  it('opens the month with work, else the last due, else the running one', () => {
    const rounds = [
      { period: '2026-09', state: 'closed' },
      { period: '2026-10', state: 'overdue' },
      { period: '2026-11', state: 'open' },
      { period: '2026-12', state: 'scheduled' },
    ]
    expect(defaultPeriod(rounds, ['2026-09', '2025-01'])).toBe('2026-09')
    expect(defaultPeriod(rounds, [])).toBe('2026-10')
    expect(defaultPeriod(rounds.slice(2), [])).toBe('2026-11')
    expect(defaultPeriod(rounds.slice(3), [])).toBe('2026-12')
    expect(defaultPeriod([], ['2026-09'])).toBeUndefined()
  })
})

describe('matrix parts', () => {
  it('moves within the matrix and its headers', () => {
    const at = { r: 1, c: 1 }
    expect(step('ArrowUp', at, 3, 4)).toEqual({ r: 0, c: 1 })
    expect(step('ArrowUp', { r: -1, c: 1 }, 3, 4)).toEqual({ r: -1, c: 1 })
    expect(step('ArrowRight', at, 3, 4, true)).toEqual({ r: 1, c: 3 })
    expect(step('End', at, 3, 4, true)).toEqual({ r: 2, c: 3 })
    expect(step('Home', at, 3, 4)).toEqual({ r: 1, c: 0 })
    expect(step('PageDown', at, 30, 4)).toEqual({ r: 11, c: 1 })
    expect(step('PageUp', at, 30, 4)).toEqual({ r: 0, c: 1 })
    expect(step('x', at, 3, 4)).toBeNull()
  })
  it('orders catalogue numbers as numbers', () => {
    const codes = ['10', '2.10', '2.9', '1', '2', '2.9.1'].map((code) => ({ code }))
    expect(codes.sort(byCode).map((c) => c.code)).toEqual(['1', '2', '2.9', '2.9.1', '2.10', '10'])
  })
})
