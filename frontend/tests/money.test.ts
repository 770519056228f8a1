import { describe, expect, it } from 'vitest'
import type { FundLine } from '@/api/money'
import { layout, parts, streams } from '@/features/funds/flow'
import { creditFault } from '@/ui/creditCode'
import { brief, settled, toFen, typed, wanFigure, yuan } from '@/ui/yuan'

describe('amounts', () => {
  it('reads what people type and refuses what is no whole fen', () => {
    const READ: [string, number | null][] = [
      ['0', 0],
      ['1234.5', 123450],
      ['1,234.56', 123456],
      ['１２３４．５０', 123450],
      ['￥12.00', 1200],
      ['12元', 1200],
      ['-3.05', -305],
      ['90071992547409.91', 9007199254740991],
      ['90071992547409.92', null],
      ['0.005', null],
      ['1.2.3', null],
      ['', null],
      ['一百', null],
      ['1e3', null],
    ]
    for (const [text, fen] of READ) expect(toFen(text), text).toBe(fen)
  })

  it('says them in yuan and back without a difference', () => {
    for (const fen of [0, 1, 10, 99, 100, 123450, 9007199254740991, -305]) {
      expect(toFen(yuan(fen))).toBe(fen)
      expect(toFen(typed(fen))).toBe(fen)
    }
    expect(yuan(123456789)).toBe('1,234,567.89')
    expect(yuan(-5)).toBe('−0.05')
    expect(settled('1234.5')).toBe('1,234.50')
    expect(settled('abc')).toBe('abc')
    expect(wanFigure(123_456_789)).toBe('123.46')
    expect(brief(123_456_789)).toBe('123.46 万元')
    expect(brief(12_345_678_900)).toBe('1.23 亿元')
  })
})

describe('credit codes', () => {
  it('finds a wrong check character and waits for an unfinished one', () => {
    expect(creditFault('91350100M000100Y43', true)).toBe('')
    expect(creditFault('91350100m000100y43', true)).toBe('')
    expect(creditFault('91350100M000100Y44', true)).not.toBe('')
    expect(creditFault('91350100M0', false)).toBe('')
    expect(creditFault('91350100M0', true)).toContain('8')
    expect(creditFault('9135O', false)).toContain('O')
  })
})

describe('the flow', () => {
  const line = (facts: Partial<FundLine['facts']>): FundLine =>
    ({
      status: 'active',
      source_kind: 'fiscal',
      tier: 'city',
      item_id: 'x',
      item_title: '路',
      facts: {
        planned_fen: 0,
        spent_fen: 0,
        advanced_fen: 0,
        cash_fen: 0,
        returned_fen: 0,
        due_fen: 0,
        ...facts,
      },
    }) as FundLine

  it('divides what was planned and loses nothing on the way', () => {
    const lines = [line({ planned_fen: 100, spent_fen: 20, cash_fen: 30, due_fen: 10 }), line({ planned_fen: 50 })]
    expect(parts(lines[0] as FundLine)).toEqual([
      { use: 'spent', fen: 20 },
      { use: 'cash', fen: 30 },
      { use: 'due', fen: 10 },
      { use: 'open', fen: 40 },
    ])
    const { streams: made, names } = streams(lines)
    const drawn = layout(made, names, 1000, 400)
    for (const column of [0, 1, 2])
      expect(drawn.boxes.filter((b) => b.column === column).reduce((sum, b) => sum + b.fen, 0)).toBe(150)
  })
})
