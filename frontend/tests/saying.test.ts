import { describe, expect, it } from 'vitest'
import { asWan, toFen } from '@/ui/saying'

describe('amounts of the form', () => {
  it('are fen behind and 万元 before, exactly', () => {
    const pairs: [string, string][] = [
      ['0', '0'],
      ['0.000001', '1'],
      ['1', '1000000'],
      ['128.5', '128500000'],
      ['999999999.999999', '999999999999999'],
    ]
    for (const [wan, fen] of pairs) {
      expect(toFen(wan)).toBe(fen)
      expect(asWan(fen)).toBe(wan)
    }
  })

  it('are refused where they are no amounts', () => {
    for (const wrong of ['', '-1', '1e3', '1,000', '1.0000001', '1234567890', '约 3']) expect(toFen(wrong)).toBeNull()
  })
})
