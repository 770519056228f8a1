import { fromScaled, toScaled } from './decimal'

export { period } from './periods'

/** "12345.6" → "12,345.6": grouped for reading, digits untouched. */
export function quantity(value: string | null | undefined, empty = '—'): string {
  if (value === null || value === undefined || value === '') return empty
  const [whole = '', part] = value.split('.')
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (part ? '.' + part : '')
}

/** "961.7" → "961.7%"; rounded half up to `decimals` for display only. */
export function percent(value: string | null | undefined, decimals = 1): string {
  return value === null || value === undefined ? '—' : quantity(round(value, decimals)) + '%'
}

/** Differences of rates are percentage points, with their sign: "+12.3 个百分点". */
export function points(value: string | null | undefined, decimals = 1): string {
  if (value === null || value === undefined) return '—'
  const text = round(value, decimals)
  return `${text.startsWith('-') || text === '0' ? '' : '+'}${text.replace('-', '−')} 个百分点`
}

/** Half away from zero, as the forms of government offices do it. */
export function round(value: string, decimals: number): string {
  const step = BigInt(10) ** BigInt(6 - decimals)
  const size = toScaled(value)
  const half = step / BigInt(2)
  const away = size < BigInt(0) ? (size - half) / step : (size + half) / step
  return fromScaled(away * step)
}

/** Amounts are integers of fen; shown in 万元 with two decimals. */
export function wan(fen: number | string): string {
  return quantity(round(fromScaled(BigInt(fen)), 2)) + ' 万元'
}

/** "2026-11-05" → "2026年11月5日" */
export function day(value: string | null | undefined, empty = '—'): string {
  const m = /^(\d{4})-(\d{2})-(\d{2})/.exec(value ?? '')
  return m ? `${m[1]}年${Number(m[2])}月${Number(m[3])}日` : empty
}
/** Two days of one year name it once: "2026年2月5日—12月31日" */
export function days(from: string, to: string): string {
  const end = day(to)
  return `${day(from)}—${from.slice(0, 4) === to.slice(0, 4) ? end.slice(5) : end}`
}
/** Instants are UTC on the wire and Beijing time on the screen, whatever the PC believes. */
function beijing(value: string): Date {
  return new Date(new Date(value).getTime() + 8 * 3600_000)
}
const two = (n: number): string => String(n).padStart(2, '0')
/** "2026-11-05T02:32:00Z" → "11月5日 10:32" */
export function moment(value: string | null | undefined): string {
  if (!value) return '—'
  const d = beijing(value)
  return `${d.getUTCMonth() + 1}月${d.getUTCDate()}日 ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`
}
/** "2026-11-05T02:32:00Z" → "10:32" */
export function clock(value: string | Date): string {
  const d = beijing(typeof value === 'string' ? value : value.toISOString())
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`
}
export const OPERATOR = { ge: '≥', le: '≤', eq: '=', range: '' } as const

interface Aimed {
  operator: keyof typeof OPERATOR
  value: string | null
  value_max?: string | null
  levels?: string[]
}
/** A figure as people say it: the label of a level, the grouped number of anything else. */
export function figure(value: string | null | undefined, levels: string[] = [], empty = '—'): string {
  return levels[Number(value) - 1] ?? quantity(value, empty)
}
/** A target in one breath: "≥ 30", "2 – 3", "≥ Ⅲ". */
export function aim({ operator, value, value_max, levels }: Aimed): string {
  if (operator === 'range') return `${figure(value, levels)} – ${figure(value_max, levels)}`
  return `${OPERATOR[operator]} ${figure(value, levels)}`
}
