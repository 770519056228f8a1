import type { Reading } from '@/ui/numbers'
import { halfWidth, readNumber } from '@/ui/numbers'
import { t } from '@/ui/i18n'
import type { Column, Line } from './lines'

/** An equals sign typed into a figure cell means 与上期相同. */
export const SAME_AS_LAST = '='
const SAME = /^[=＝]$/
/** Reads what was typed, pasted or filled into a figure cell. */
export const readCell = (text: string, line: Line, col: Column): Reading =>
  SAME.test(text.trim()) ? sameAsLast(line, col) : readFigure(text, line)

/** A level is typed as its label or its place; the two figures of a rate have no unit of their own. */
function readFigure(text: string, { cell }: Line): Reading {
  if (cell.levels.length) {
    const words = halfWidth(text)
    const place = cell.levels.findIndex((level) => level === words || level === text.trim())
    if (place >= 0) return { kind: 'ok', value: String(place + 1) }
    if (words === '' || (/^\d+$/.test(words) && Number(words) >= 1 && Number(words) <= cell.levels.length))
      return { kind: 'ok', value: words || null }
    return { kind: 'invalid', message: t('请填等级：{levels}', { levels: cell.levels.join('、') }) }
  }
  if (cell.kind === 'ratio') return readNumber(text, { measure: '', decimals: 6 })
  return readNumber(text, { measure: cell.measure_name, decimals: cell.decimals })
}
/** Nothing was added to a cumulative figure; a snapshot stands where it stood. */
function sameAsLast(line: Line, col: Column): Reading {
  const { accumulation, previous, kind } = line.cell
  if (kind === 'ratio') return { kind: 'invalid', message: t('比率请分别填分子和分母') }
  if (accumulation === 'cumulative') return { kind: 'ok', value: col === 'value' ? previous : '0' }
  return previous === null ? { kind: 'invalid', message: t('上期没有数，请填写') } : { kind: 'ok', value: previous }
}
