import type { Unit } from '@/api'

/** Pure parts of the unit screens. */
export const inForce = (u: Unit, today: string): boolean =>
  (!u.valid_from || u.valid_from <= today) && (!u.valid_to || u.valid_to >= today)

export const COLUMNS = ['code', 'name', 'parent_code', 'kind', 'tier', 'valid_from', 'valid_to', 'sort'] as const

/** A template that opens in Excel: BOM, the columns of the import, and two rows that show how. */
export function template(parentCode: string): string {
  const rows = [
    [...COLUMNS],
    ['330382101000', '柳市镇', parentCode, 'township', 'township', '', '', '10'],
    ['', '市民政局', parentCode, 'department', 'county', '2026-01-01', '', '20'],
  ]
  return '\ufeff' + rows.map((r) => r.join(',')).join('\r\n') + '\r\n'
}

/** UTF-8, or what Excel and WPS in China write without asking: GB18030. */
export function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

/** A first password that can be read aloud: no 0/O, 1/l/I; sixteen signs of 54 are more than enough. */
export function firstPassword(
  random: (n: number) => Uint8Array = (n) => crypto.getRandomValues(new Uint8Array(n)),
): string {
  const SIGNS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
  let made = ''
  while (made.length < 16)
    for (const byte of random(32)) {
      // Bytes beyond a whole multiple are dropped, else the first signs would come more often.
      if (byte < 256 - (256 % SIGNS.length) && made.length < 16) made += SIGNS[byte % SIGNS.length] ?? ''
    }
  return made.replace(/(.{4})(?=.)/g, '$1-')
}
