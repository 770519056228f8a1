import { afterEach, describe, expect, it } from 'vitest'
import { uuid } from '@/api'
import { add, canonical, compare, shift, subtract } from '@/ui/decimal'
import { clock, day, days, moment, percent, period, points, quantity, round, wan } from '@/ui/format'
import { speak, t } from '@/ui/i18n'

describe('exact decimals', () => {
  it('adds and subtracts without floats', () => {
    expect(add('0.1', '0.2')).toBe('0.3')
    expect(subtract('0.3', '0.1')).toBe('0.2')
    expect(subtract('1', '1.000001')).toBe('-0.000001')
    expect(add('999999999999', '0.999999')).toBe('999999999999.999999')
  })
  it('compares, shifts and normalises', () => {
    expect(compare('10', '9.999999')).toBe(1)
    expect(compare('-1', '0')).toBe(-1)
    expect(compare('1.50', '1.5')).toBe(0)
    expect(shift('3.2', 4)).toBe('32000')
    expect(shift('0.000001', -1)).toBeNull()
    expect(canonical('-0.0')).toBe('0')
  })
})

describe('formatters', () => {
  it('names the year of two days once where it is one', () => {
    expect(days('2026-02-05', '2026-12-31')).toBe('2026年2月5日—12月31日')
    expect(days('2026-11-01', '2027-12-31')).toBe('2026年11月1日—2027年12月31日')
  })
  it('groups digits and leaves them alone', () => {
    expect(quantity('1234567.89')).toBe('1,234,567.89')
    expect(quantity('-1234')).toBe('-1,234')
    expect(quantity('123')).toBe('123')
    expect(quantity(null)).toBe('—')
    expect(quantity('', '')).toBe('')
  })
  it('prints rates unclipped and differences as points', () => {
    expect(percent('961.7')).toBe('961.7%')
    expect(percent('1961.75')).toBe('1,961.8%')
    expect(points('-12.34')).toBe('−12.3 个百分点')
    expect(points('5')).toBe('+5 个百分点')
    expect(points('0')).toBe('0 个百分点')
  })
  it('rounds half away from zero', () => {
    expect(round('2.25', 1)).toBe('2.3')
    expect(round('-2.25', 1)).toBe('-2.3')
    expect(round('2.249999', 1)).toBe('2.2')
  })
  it('writes dates as documents do, in Beijing time', () => {
    expect(day('2026-11-05')).toBe('2026年11月5日')
    expect(period('2026-03')).toBe('2026年3月')
    expect(moment('2026-11-04T18:02:00Z')).toBe('11月5日 02:02')
    expect(clock('2026-11-05T02:32:00Z')).toBe('10:32')
    expect(day(null)).toBe('—')
  })
  it('shows fen as 万元', () => {
    expect(wan(123456789)).toBe('123.46 万元')
  })
  it('makes version 4 identifiers without randomUUID', () => {
    expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})

describe('t()', () => {
  afterEach(() => speak('zh-CN'))
  it('is the phrase itself in Chinese, with its values', () => {
    expect(t('月度填报')).toBe('月度填报')
    expect(t('{n} 格待发送', { n: 2 })).toBe('2 格待发送')
  })
  it('speaks English on demand and comes back', async () => {
    await speak('en')
    expect(t('{n} 格待发送', { n: 2 })).toBe('2 waiting')
    expect(document.documentElement.lang).toBe('en')
    await speak('zh-CN')
    expect(t('月度填报')).toBe('月度填报')
  })
})
