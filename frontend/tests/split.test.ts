import { describe, expect, it } from 'vitest'
import type { Item, SplitGrid, Task } from '@/api'
import { inOrder, lacks, moved, nextCode } from '@/features/programmes/catalogue'
import { monthEnds, spread, withSteps, withTotals } from '@/features/programmes/months'
import { balanceOf, evenly, shareOut } from '@/features/programmes/shares'
import { cellIn, dirty, SplitSheet, type Share, type SplitLine } from '@/features/programmes/split'

describe('balance of a split', () => {
  it.each([
    ['10', ['4', '6'], 'balanced', '10', '0', 0],
    ['10', ['4', null], 'short', '4', '-6', 1],
    ['10', ['4', '7'], 'over', '11', '1', 0],
    ['0.3', ['0.1', '0.2'], 'balanced', '0.3', '0', 0],
    ['961.7', ['961.699999'], 'short', '961.699999', '-0.000001', 0],
    ['10', [], 'short', '0', '-10', 0],
  ] as const)('%s against %j is %s', (parent, shares, state, sum, difference, missing) => {
    expect(balanceOf(parent, shares, true)).toEqual({ state, sum, difference, missing })
  })
  it('compares nothing without a target and adds nothing that is a rate', () => {
    expect(balanceOf(null, ['4', '6'], true)).toEqual({ state: 'none', sum: '10', difference: null, missing: 0 })
    expect(balanceOf('95', ['95', '96'], false)).toEqual({ state: 'none', sum: null, difference: null, missing: 0 })
  })
})

describe('sharing out by the largest remainder', () => {
  it.each([
    ['10', ['1', '1', '1'], 0, ['4', '3', '3']],
    ['10', ['1', '1', '1'], 1, ['3.4', '3.3', '3.3']],
    ['100', ['21', '33', '46'], 0, ['21', '33', '46']],
    ['7', ['3', '2', '1'], 0, ['4', '2', '1']],
    ['5', ['0', '1'], 0, ['0', '5']],
    ['1', ['1', '1'], 0, ['1', '0']],
    ['0', ['1', '2'], 0, ['0', '0']],
    ['999999999999', ['1', '1'], 0, ['500000000000', '499999999999']],
    ['0.3', ['0.1', '0.2'], 6, ['0.1', '0.2']],
  ] as const)('%s by %j', (total, weights, decimals, shares) => {
    expect(shareOut(total, weights, decimals)).toEqual(shares)
  })
  it.each([
    ['-1', ['1'], 0],
    ['0.5', ['1'], 0],
    ['1', ['0', '0'], 0],
    ['1', ['-1', '2'], 0],
    ['1', [], 0],
  ] as const)('gives up on %s by %j', (total, weights, decimals) => {
    expect(shareOut(total, weights, decimals)).toBeNull()
  })
  it('shares evenly', () => {
    expect(evenly('12.5', 3, 1)).toEqual(['4.2', '4.2', '4.1'])
  })
})

describe('months of a plan', () => {
  it('end with the month, the last with the deadline', () => {
    expect(monthEnds('2026-01-20', '2026-04-15')).toEqual(['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-15'])
    expect(monthEnds('2027-12-01', '2028-02-29')).toEqual(['2027-12-31', '2028-01-31', '2028-02-29'])
    expect(monthEnds('2026-03-05', '2026-03-20')).toEqual(['2026-03-20'])
  })
  it('add up, with empty months and zeros', () => {
    expect(withSteps(['2026-01-31', '2026-02-28', '2026-03-31'], ['0.1', null, '0.2'])).toEqual([
      { on: '2026-01-31', step: '0.1', total: '0.1' },
      { on: '2026-02-28', step: null, total: '0.1' },
      { on: '2026-03-31', step: '0.2', total: '0.3' },
    ])
    expect(
      withTotals([
        { on: '2026-01-31', value: '3' },
        { on: '2026-02-28', value: '3' },
        { on: '2026-03-31', value: '2.5' },
      ]).map((m) => m.step),
    ).toEqual(['3', '0', '-0.5'])
  })
  it('spread to exactly the target', () => {
    expect(spread(['a', 'b', 'c'], '10', 0)?.map((m) => [m.step, m.total])).toEqual([
      ['4', '4'],
      ['3', '7'],
      ['3', '10'],
    ])
  })
})

const item = (
  id: string,
  code: string,
  seq: number,
  parent_id: string | null = null,
  indicators: string[] = [],
): Item =>
  ({ id, code, seq, parent_id, title: id, status: 'draft', indicators: indicators.map((i) => ({ id: i })) }) as Item

describe('the catalogue', () => {
  const items = inOrder([
    item('b', '2', 20),
    item('a', '1', 10),
    item('a2', '1.10', 10, 'a'),
    item('a1', '1.2', 10, 'a'),
  ])
  it('is in order of place, then of code as people count', () => {
    expect(items.map((i) => i.code)).toEqual(['1', '1.2', '1.10', '2'])
  })
  it('knows the next code', () => {
    expect(nextCode(items, null)).toBe('3')
    expect(nextCode(items, items[0] ?? null)).toBe('1.11')
    expect(nextCode(items, items[3] ?? null)).toBe('2.1')
  })
  it('moves one place, repairing equal numbers', () => {
    const level = [item('x', '1', 10), item('y', '2', 20), item('z', '3', 20)]
    expect(moved(level, 'x', -1)).toEqual([])
    expect(moved(level.slice(0, 2), 'y', -1).map((m) => [m.item.id, m.seq])).toEqual([
      ['y', 10],
      ['x', 20],
    ])
    expect(moved(level, 'z', -1).map((m) => [m.item.id, m.seq])).toEqual([['y', 30]])
  })
  it('names what a leaf lacks', () => {
    const list = [
      item('p', '1', 1),
      item('q', '1.1', 1, 'p'),
      item('r', '1.2', 2, 'p', ['i']),
      item('s', '1.3', 3, 'p', ['j', 'k']),
    ]
    const task = { item_id: 's', targets: [{ indicator_id: 'j' }] } as Task
    expect(lacks(list, [task]).map((l) => [l.item.id, l.lack])).toEqual([
      ['q', 'indicator'],
      ['r', 'promise'],
      ['s', 'target'],
    ])
  })
})

function grid(cells: object[] = [], over: object = {}): SplitGrid {
  return {
    programme_id: 'p',
    programme_name: 'P',
    unit_id: 'city',
    unit_name: '市',
    units: [
      { id: 'a', name: '甲县' },
      { id: 'b', name: '乙县' },
      { id: 'c', name: '丙县' },
    ],
    rows: [
      {
        task_id: 't',
        target_id: 'x',
        item_id: 'i',
        item_code: '1.1',
        item_title: '改造',
        indicator_id: 'n',
        indicator_name: '户数',
        measure_name: '户',
        decimals: 0,
        operator: 'ge',
        value: '10',
        deadline: '2026-12-31',
        status: 'issued',
        sum: '0',
        difference: '-10',
        balance: 'short',
        balance_reason: null,
        cells,
        ...over,
      },
    ],
  } as unknown as SplitGrid
}
const cell = (unit_id: string, value: string, status = 'draft'): object => ({
  unit_id,
  value,
  status,
  task_id: 'task-' + unit_id,
  task_version: 3,
  target_id: 'target-' + unit_id,
  deadline: '2026-12-31',
})

function only(sheet: SplitSheet): SplitLine {
  const [line] = sheet.lines
  if (!line) throw new Error('the sheet has one line')
  return line
}

describe('the split sheet', () => {
  it('reads figures as people type them and balances at once', () => {
    const sheet = new SplitSheet(grid())
    const line = only(sheet)
    sheet.write(line, 0, '１，０００')
    expect(line.shares[0]).toMatchObject({ raw: undefined, value: '1000' })
    sheet.write(line, 0, '1,00')
    expect(line.shares[0]).toMatchObject({ raw: '1,00', value: null, error: '逗号的位置不对，请核对“1,00”' })
    sheet.write(line, 0, ' ４户 ')
    expect(line.shares[0]).toMatchObject({ raw: undefined, value: '4' })
    expect(line.rev.value.sums).toEqual({ state: 'short', sum: '4', difference: '-6', missing: 2 })
    sheet.write(line, 1, '7')
    expect(line.rev.value.sums).toMatchObject({ state: 'over', difference: '1' })
  })
  it('refuses negatives, keeps what cannot be read, and offers 万', () => {
    const sheet = new SplitSheet(grid())
    const line = only(sheet)
    sheet.write(line, 0, '-3')
    sheet.write(line, 1, 'abc')
    sheet.write(line, 2, '1万')
    expect(line.shares.map((s) => [s.error, s.suggest])).toEqual([
      ['目标值不能为负数', undefined],
      ['“abc”不是数字', undefined],
      ['“1万”按户应填 10000', '10000'],
    ])
    expect([sheet.changed().length, sheet.broken()]).toEqual([0, 3])
  })
  it('never touches what is issued', () => {
    const sheet = new SplitSheet(grid([cell('a', '4', 'issued')]))
    const line = only(sheet)
    expect(sheet.write(line, 0, '5')).toBeUndefined()
    expect(sheet.open(line, [0, 1, 2])).toBe('6')
    expect(sheet.suggest(line, [0, 1, 2], () => '1')).toEqual([
      [1, '3'],
      [2, '3'],
    ])
  })
  it('sends value and deadline, and only what changed', () => {
    const sheet = new SplitSheet(grid([cell('a', '4')]))
    const line = only(sheet)
    expect(sheet.changed()).toEqual([])
    sheet.write(line, 1, '6')
    sheet.date(line, [0], '2026-11-30')
    expect(sheet.changed().map(cellIn)).toEqual([
      { parent_id: 't', unit_id: 'a', indicator_id: 'n', value: '4', deadline: '2026-11-30' },
      { parent_id: 't', unit_id: 'b', indicator_id: 'n', value: '6', deadline: '2026-12-31' },
    ])
    sheet.date(line, [0], '2026-12-31')
    expect(dirty(line.shares[0] as Share)).toBe(false)
  })
  it('keeps unsaved text over a refetch, except where somebody issued meanwhile', () => {
    const before = new SplitSheet(grid([cell('a', '4'), cell('b', '1')]))
    before.write(only(before), 0, '5')
    before.write(only(before), 1, '2')
    before.write(only(before), 2, 'x')
    const after = new SplitSheet(grid([cell('a', '4', 'issued'), cell('b', '1')]), before)
    expect(only(after).shares.map((s) => [s.value, s.raw])).toEqual([
      ['4', undefined],
      ['2', undefined],
      [null, 'x'],
    ])
  })
  it('lays refusals on their cells', () => {
    const sheet = new SplitSheet(grid([cell('a', '4')]))
    sheet.write(only(sheet), 0, '5')
    const sent = sheet.changed()
    const errors = [{ pointer: '/cells/0/deadline', code: 'after-parent', message: '太晚' }]
    expect(sheet.settle(sent, [{ index: 0, outcome: 'refused', task_id: null, errors }])).toBe(1)
    expect(only(sheet).shares[0]?.error).toBe('太晚')
    expect(sheet.drafts(sheet.lines)).toEqual([{ id: 'task-a', version: 3 }])
  })
})
