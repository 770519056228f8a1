/**
 * Money is whole fen on the wire and yuan with two decimals before the eyes. Both ways go over digits: no amount is ever
 * multiplied or divided as a float.
 */
const MOST = BigInt('9007199254740991')

/** 123450 → "1,234.50" */
export function yuan(fen: number | null | undefined, empty = '—'): string {
  if (fen === null || fen === undefined) return empty
  const digits = String(Math.abs(fen)).padStart(3, '0')
  return (fen < 0 ? '−' : '') + digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',') + '.' + digits.slice(-2)
}

/** What stands in the field while it is typed: 123450 → "1234.50" */
export function typed(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  return (fen < 0 ? '-' : '') + digits.slice(0, -2) + '.' + digits.slice(-2)
}

/** "1,234.5" → 123450; grouping, full-width digits, ¥ and 元 are understood. Null for what is no amount of whole fen. */
export function toFen(text: string): number | null {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s,¥]|元$/g, '')
    .replace('−', '-')
  const parts = /^(-?)(\d{1,16})(?:\.(\d{0,2}))?$/.exec(plain)
  if (!parts) return null
  const fen = BigInt((parts[2] ?? '') + (parts[3] ?? '').padEnd(2, '0'))
  return fen > MOST ? null : Number(fen) * (parts[1] && fen ? -1 : 1)
}

/** 123450000 → "123.45 万" for strips where every digit would hide the picture. */
export function brief(fen: number): string {
  const size = BigInt(Math.abs(fen))
  const [step, word] = size >= BigInt(10_000_000_000) ? [BigInt(100_000_000), '亿'] : [BigInt(10_000), '万']
  // Hundredths of the larger unit, rounded half up.
  const hundredths = (size + step / BigInt(2)) / step
  const digits = hundredths.toString().padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${fen < 0 ? '−' : ''}${whole}.${digits.slice(-2)} ${word}元`
}

/** 123450000 → "123.45": 万元 for a column whose head names the unit. */
export function wanFigure(fen: number): string {
  const hundredths = (BigInt(Math.abs(fen)) + BigInt(5_000)) / BigInt(10_000)
  const digits = hundredths.toString().padStart(3, '0')
  const sign = fen < 0 && hundredths ? '−' : ''
  return sign + digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',') + '.' + digits.slice(-2)
}

/** "1234.5" → what the field shows once it is left: grouped, two decimals. What is no amount stays as typed. */
export function settled(text: string): string {
  const fen = text.trim() ? toFen(text) : null
  return fen === null ? text : yuan(fen)
}
