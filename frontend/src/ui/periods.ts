/** Periods as people name them, in the order of the calendar. Keys: 2026-11 · 2026-11-1 · 2026-W47 · 2026-Q4 · 2026-H2. */

const THIRDS = ['上旬', '中旬', '下旬']
const QUARTERS = ['一', '二', '三', '四']

/** "2026-11-1" → "2026年11月上旬"; what is no period is a dash. */
export function period(value: string | null | undefined): string {
  const m = /^(\d{4})-(?:(\d{2})(?:-([123]))?|W(\d{2})|Q([1-4])|H([12]))/.exec(value ?? '')
  if (!m) return '—'
  const [, year, month, third, week, quarter, half] = m
  if (month) return `${year}年${Number(month)}月${third ? THIRDS[Number(third) - 1] : ''}`
  if (week) return `${year}年第${Number(week)}周`
  if (quarter) return `${year}年${QUARTERS[Number(quarter) - 1]}季度`
  return `${year}年${half === '1' ? '上' : '下'}半年`
}

/** What fits under a small glyph: "11", "11上", "47周", "4季", "下". */
export function brief(value: string): string {
  const [, rest = '', third] = value.split('-')
  if (third) return `${Number(rest)}${THIRDS[Number(third) - 1]?.slice(0, 1)}`
  if (rest.startsWith('W')) return `${Number(rest.slice(1))}周`
  if (rest.startsWith('Q')) return `${rest.slice(1)}季`
  if (rest.startsWith('H')) return rest === 'H1' ? '上' : '下'
  return String(Number(rest))
}

const DAY = 86_400_000

/** First and last day as numbers that compare. */
function span(value: string): [number, number] {
  const year = Number(value.slice(0, 4))
  const rest = value.slice(5)
  const months = (first: number, count: number): [number, number] => [
    Date.UTC(year, first - 1, 1),
    Date.UTC(year, first - 1 + count, 1) - DAY,
  ]
  if (rest.startsWith('W')) {
    const fourth = Date.UTC(year, 0, 4)
    const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY + (Number(rest.slice(1)) - 1) * 7 * DAY
    return [monday, monday + 6 * DAY]
  }
  if (rest.startsWith('Q')) return months(Number(rest[1]) * 3 - 2, 3)
  if (rest.startsWith('H')) return months(Number(rest[1]) * 6 - 5, 6)
  const month = Number(rest.slice(0, 2))
  const whole = months(month, 1)
  if (rest.length < 4) return whole
  const third = Number(rest[3])
  return [Date.UTC(year, month - 1, third * 10 - 9), third === 3 ? whole[1] : Date.UTC(year, month - 1, third * 10)]
}

/** By the day they start, the shorter first: as the server orders them. */
export function inOrder(periods: readonly string[]): string[] {
  return [...periods].sort((a, b) => {
    const [from, to] = span(a)
    const [from2, to2] = span(b)
    return from - from2 || to - to2 || (a < b ? -1 : 1)
  })
}

/** The period of the same form before this one. */
export function before(value: string): string {
  const year = Number(value.slice(0, 4))
  const rest = value.slice(5)
  const two = (n: number): string => String(n).padStart(2, '0')
  if (rest.startsWith('W')) {
    if (Number(rest.slice(1)) > 1) return `${year}-W${two(Number(rest.slice(1)) - 1)}`
    // The week before the first is the last of the year that holds its Thursday.
    const thursday = new Date(span(value)[0] - 4 * DAY)
    const first = Date.UTC(thursday.getUTCFullYear(), 0, 1)
    return `${thursday.getUTCFullYear()}-W${two(Math.floor((thursday.getTime() - first) / (7 * DAY)) + 1)}`
  }
  if (rest.startsWith('Q')) return rest === 'Q1' ? `${year - 1}-Q4` : `${year}-Q${Number(rest[1]) - 1}`
  if (rest.startsWith('H')) return rest === 'H1' ? `${year - 1}-H2` : `${year}-H1`
  const month = Number(rest.slice(0, 2))
  const earlier = month === 1 ? `${year - 1}-12` : `${year}-${two(month - 1)}`
  if (rest.length < 4) return earlier
  return rest[3] === '1' ? `${earlier}-3` : `${value.slice(0, 8)}${Number(rest[3]) - 1}`
}
