import { canonical, decimalsOf, isQuantity, shift } from './decimal'
import { t } from './i18n'

/** What a typed or pasted text means as a figure. A guess is never taken over silently: it is `suggest`. */
export type Reading =
  | { kind: 'ok'; value: string | null }
  | { kind: 'suggest'; value: string; message: string }
  | { kind: 'invalid'; message: string }

export interface NumberRule {
  measure: string
  decimals: number
}

const NONE = new Set(['', '/', '—', '——', '－', '-', '–', '无', '空'])
const BIG: Record<string, number> = { 万: 4, 亿: 8 }

/** Full-width digits, points, commas and signs of Chinese input methods become the plain ones. */
export function halfWidth(text: string): string {
  return text
    .replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[\u3000\u00a0\u2007\u202f]/g, ' ')
    .replace(/[−–—](?=\d)/g, '-')
    .replace(/。(?=\d)/g, '.')
    .trim()
}

export function readNumber(raw: string, rule: NumberRule): Reading {
  let text = halfWidth(raw)
  if (NONE.has(raw.trim()) || NONE.has(text)) return { kind: 'ok', value: null }
  // The measure's own name behind the figure ("12公里") says nothing new.
  if (rule.measure && text.endsWith(rule.measure)) text = text.slice(0, -rule.measure.length).trim()
  const parts = /^([+-]?)([\d,， ]*\d(?:\.\d*)?|\.\d+)\s*([万亿]?)\s*(%?)\s*(\D*)$/.exec(text)
  if (!parts) return invalid(t('“{raw}”不是数字', { raw }))
  const [, sign = '', figure = '', big = '', percent = '', tail = ''] = parts
  if (tail) return invalid(t('“{raw}”不是数字', { raw }))
  const grouped = figure.replace(/，/g, ',')
  if (grouped.includes(',') && !/^\d{1,3}(,\d{3})+(\.\d*)?$/.test(grouped))
    return invalid(t('逗号的位置不对，请核对“{raw}”', { raw }))
  let plain = grouped.replace(/[, ]/g, '')
  if (plain.startsWith('.')) plain = '0' + plain
  plain = (sign === '-' ? '-' : '') + plain.replace(/\.$/, '')
  if (!isQuantity(stripZeros(plain))) return invalid(t('数字太长：整数最多 12 位，小数最多 6 位'))
  const value = canonical(stripZeros(plain))

  if (big) {
    // Measures such as 万元 already carry the factor: 3.2亿 in 万元 is 32000.
    const own = BIG[rule.measure[0] ?? ''] ?? 0
    const moved = shift(value, (BIG[big] ?? 0) - own)
    if (moved === null || decimalsOf(moved) > rule.decimals) return invalid(t('“{raw}”换算后超出允许的位数', { raw }))
    return {
      kind: 'suggest',
      value: moved,
      message: t('“{raw}”按{unit}应填 {value}', { raw, unit: rule.measure, value: moved }),
    }
  }
  if (percent) {
    return {
      kind: 'suggest',
      value,
      message: t('这里填的单位是{unit}，“{raw}”是否应填 {value}', { raw, unit: rule.measure, value }),
    }
  }
  if (decimalsOf(value) > rule.decimals)
    return invalid(
      rule.decimals === 0 ? t('{unit}只填整数', { unit: rule.measure }) : t('最多 {n} 位小数', { n: rule.decimals }),
    )
  return { kind: 'ok', value }
}

const invalid = (message: string): Reading => ({ kind: 'invalid', message })
const stripZeros = (text: string): string =>
  text
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')

/** Clipboard text of Excel and WPS: tabs, CR LF, quoted cells with line breaks and doubled quotes, one trailing break. */
export function readTsv(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  let fresh = true
  const end = (): void => {
    rows[rows.length - 1]?.push(cell)
    cell = ''
    fresh = true
  }
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] as string
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        cell += '"'
        i += 1
      } else if (c === '"') quoted = false
      else cell += c
    } else if (c === '"' && fresh) {
      quoted = true
      fresh = false
    } else if (c === '\t') end()
    else if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') i += 1
      end()
      if (i < text.length - 1) rows.push([])
    } else {
      cell += c
      fresh = false
    }
  }
  if (!/[\r\n]$/.test(text)) end()
  return rows.filter((row) => row.length > 0)
}

export function writeTsv(rows: string[][]): string {
  return rows
    .map((row) => row.map((c) => (/[\t\n\r"]/.test(c) ? `"${c.replace(/"/g, '""')}"` : c)).join('\t'))
    .join('\r\n')
}
