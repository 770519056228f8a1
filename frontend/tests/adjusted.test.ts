import { describe, expect, it } from 'vitest'
import { adjustment, differences, versions } from '@/ui/adjusted'

const row = {
  old_operator: 'ge',
  old_value: '30',
  old_value_max: null,
  old_stretch: null,
  old_deadline: '2026-12-31',
  new_operator: 'ge',
  new_value: '25',
  new_value_max: null,
  new_stretch: null,
  new_deadline: '2026-12-31',
} as const

describe('what differs between two versions of a target', () => {
  it('says a changed value without its operator, another operator with it', () => {
    expect(adjustment(row)).toBe('由 30 调整为 25')
    expect(adjustment({ ...row, new_value: '30' })).toBe('')
    expect(adjustment({ ...row, new_value: '30', new_operator: 'range', new_value_max: '36' })).toBe(
      '由 ≥ 30 调整为 30 – 36',
    )
    expect(adjustment({ ...row, old_value: null })).toBe('由 常态化 调整为 25')
  })
  it('names the deadline and the stretch, and says levels by their words', () => {
    const all = { ...row, new_value: '30', new_deadline: '2026-11-30', new_stretch: '35' }
    expect(adjustment(all)).toBe('期限由 2026年12月31日 调整为 2026年11月30日，力争由 不设 调整为 35')
    expect(differences(versions({ ...row, old_value: '1', new_value: '2' }), ['差', '好'])).toEqual([
      { part: 'target', name: '目标', old: '差', value: '好' },
    ])
  })
})
