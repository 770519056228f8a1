import { describe, expect, it } from 'vitest'
import type { Unit } from '@/api'
import { seatOf } from '@/features/programmes/seat'
import { decode, firstPassword, inForce, template } from '@/features/org/units'
import { lineage, plant, pruned, shown } from '@/ui/tree'

const rows = [
  { id: 'city', parent_id: 'province', name: '市' },
  { id: 'a', parent_id: 'city', name: '甲县' },
  { id: 'a1', parent_id: 'a', name: '一镇' },
  { id: 'b', parent_id: 'city', name: '乙县' },
]

describe('trees', () => {
  it('grow from parents, with orphans as roots', () => {
    const [root] = plant(rows)
    expect(root?.row.id).toBe('city')
    expect(root?.children.map((x) => [x.row.id, x.depth, x.children.length])).toEqual([
      ['a', 1, 1],
      ['b', 1, 0],
    ])
  })
  it('show what is open', () => {
    const roots = plant(rows)
    expect(shown(roots, new Set()).map((x) => x.row.id)).toEqual(['city'])
    expect(shown(roots, new Set(['city'])).map((x) => x.row.id)).toEqual(['city', 'a', 'b'])
    expect(shown(roots, new Set(['city', 'a'])).map((x) => x.row.id)).toEqual(['city', 'a', 'a1', 'b'])
  })
  it('know the way up', () => {
    expect(lineage(rows, 'a1').map((r) => r.id)).toEqual(['city', 'a', 'a1'])
    expect(lineage(rows, 'nobody')).toEqual([])
  })
  it('keep the place of a match', () => {
    expect(pruned(rows, (r) => r.name === '一镇').map((r) => r.id)).toEqual(['city', 'a', 'a1'])
  })
})

describe('units', () => {
  it('are in force on both ends of their dates', () => {
    const unit = { valid_from: '2026-01-01', valid_to: '2026-06-30' } as Unit
    expect(['2025-12-31', '2026-01-01', '2026-06-30', '2026-07-01'].map((d) => inForce(unit, d))).toEqual([
      false,
      true,
      true,
      false,
    ])
  })
  it('have a template that Excel opens', () => {
    expect(template('330382000000').split('\r\n')[0]).toBe(
      '\ufeffcode,name,parent_code,kind,tier,valid_from,valid_to,sort',
    )
  })
  it('are read in either encoding', () => {
    expect(decode(new TextEncoder().encode('柳市镇').buffer as ArrayBuffer)).toBe('柳市镇')
    expect(decode(new Uint8Array([0xc1, 0xf8, 0xca, 0xd0, 0xd5, 0xf2]).buffer)).toBe('柳市镇')
  })
})

describe('first passwords', () => {
  it('have sixteen signs in groups and nothing that is misread', () => {
    expect(firstPassword()).toMatch(/^([a-km-np-zA-HJ-NP-Z2-9]{4}-){3}[a-km-np-zA-HJ-NP-Z2-9]{4}$/)
    expect(firstPassword(() => new Uint8Array([255, 0, 1, 2, 55, 56]))).toBe('abc9-aabc-9aab-c9aa')
  })
})

describe('the seat from which a programme is looked at', () => {
  const units = [
    { id: 'city', parent_id: null, kind: 'government' },
    { id: 'office', parent_id: 'city', kind: 'department' },
    { id: 'county', parent_id: 'city', kind: 'government' },
    { id: 'bureau', parent_id: 'county', kind: 'department' },
    { id: 'town', parent_id: 'county', kind: 'township' },
  ] as Unit[]
  it.each([
    ['city', 'city', 'city'],
    ['office', 'city', 'city'],
    ['county', 'city', 'county'],
    ['bureau', 'city', 'county'],
    ['town', 'city', 'town'],
    ['city', 'county', 'county'],
    [undefined, 'city', 'city'],
  ])('%s looks at the list of %s from %s', (home, owner, seat) => {
    expect(seatOf(units, home, owner)).toBe(seat)
  })
})
