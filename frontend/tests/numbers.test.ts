import { describe, expect, it } from 'vitest'
import { halfWidth, readNumber, readTsv, writeTsv } from '@/ui/numbers'

const km = { measure: '公里', decimals: 1 }
const households = { measure: '户', decimals: 0 }
const wan = { measure: '万元', decimals: 2 }

describe('figures as people type them', () => {
  it.each([
    ['1,234', '1234'],
    ['１２３４', '1234'],
    ['１，２３４', '1234'],
    ['007', '7'],
    [' 12 ', '12'],
    ['12户', '12'],
    ['+5', '5'],
    ['－5', '-5'],
    ['−5', '-5'],
    ['0', '0'],
  ])('%s is %s 户', (raw, value) => {
    expect(readNumber(raw, households)).toEqual({ kind: 'ok', value })
  })
  it.each([
    ['4.50', '4.5'],
    ['.5', '0.5'],
    ['4.', '4'],
    ['１２．５', '12.5'],
    ['12。5', '12.5'],
    ['12.5公里', '12.5'],
  ])('%s is %s 公里', (raw, value) => {
    expect(readNumber(raw, km)).toEqual({ kind: 'ok', value })
  })
  it.each(['', '/', '—', '——', '-', '无', ' '])('"%s" means no figure', (raw) => {
    expect(readNumber(raw, km)).toEqual({ kind: 'ok', value: null })
  })
  it.each([
    ['abc', '“abc”不是数字'],
    ['1,23', '逗号的位置不对，请核对“1,23”'],
    ['1.2E+05', '“1.2E+05”不是数字'],
    ['1234567890123', '数字太长：整数最多 12 位，小数最多 6 位'],
    ['12套', '“12套”不是数字'],
  ])('%s is refused: %s', (raw, message) => {
    expect(readNumber(raw, households)).toEqual({ kind: 'invalid', message })
  })
  it('refuses more decimals than the measure has', () => {
    expect(readNumber('1.5', households)).toEqual({ kind: 'invalid', message: '户只填整数' })
    expect(readNumber('1.25', km)).toEqual({ kind: 'invalid', message: '最多 1 位小数' })
  })
  it('offers 万 and 亿 and never takes them over', () => {
    expect(readNumber('3.2万', households)).toEqual({
      kind: 'suggest',
      value: '32000',
      message: '“3.2万”按户应填 32000',
    })
    expect(readNumber('1.2亿', wan)).toEqual({ kind: 'suggest', value: '12000', message: '“1.2亿”按万元应填 12000' })
    expect(readNumber('3.2万', wan)).toEqual({ kind: 'suggest', value: '3.2', message: '“3.2万”按万元应填 3.2' })
    expect(readNumber('3.2万元', wan)).toEqual({ kind: 'ok', value: '3.2' })
  })
  it('offers a percent sign on another measure and drops it on %', () => {
    expect(readNumber('95%', households).kind).toBe('suggest')
    expect(readNumber('94.85%', { measure: '%', decimals: 2 })).toEqual({ kind: 'ok', value: '94.85' })
  })
  it('turns full-width signs into plain ones', () => {
    expect(halfWidth('（１２％）')).toBe('(12%)')
  })
})

describe('blocks from Excel and WPS', () => {
  it('reads tabs, CR LF and the trailing break', () => {
    expect(readTsv('1\t2\r\n3\t4\r\n')).toEqual([
      ['1', '2'],
      ['3', '4'],
    ])
  })
  it('reads quoted cells with breaks, tabs and doubled quotes', () => {
    expect(readTsv('"a\nb"\t"say ""hi"""\n"x\ty"\t2')).toEqual([
      ['a\nb', 'say "hi"'],
      ['x\ty', '2'],
    ])
  })
  it('keeps blank cells and blank lines in their place', () => {
    expect(readTsv('1\t\t3\n\n4')).toEqual([['1', '', '3'], [''], ['4']])
  })
  it('a quote inside a cell is only a quote', () => {
    expect(readTsv('5"\t6')).toEqual([['5"', '6']])
  })
  it('writes what it reads', () => {
    const block = [
      ['1', 'a\nb'],
      ['"', ''],
    ]
    expect(readTsv(writeTsv(block))).toEqual(block)
  })
})
