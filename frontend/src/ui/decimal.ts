/**
 * Exact decimal arithmetic on strings. Figures of the promise list are never floats: 0.1 + 0.2 would be printed in a
 * bulletin one day. Six decimals and twelve digits fit a scaled bigint, which Chromium 67+ has.
 */
const SCALE = 6
const UNIT = BigInt(10) ** BigInt(SCALE)
const PATTERN = /^-?\d{1,12}(\.\d{1,6})?$/

export const isQuantity = (text: string): boolean => PATTERN.test(text)

/** Millionths. */
export function toScaled(text: string): bigint {
  const negative = text.startsWith('-')
  const [whole = '0', part = ''] = text.replace('-', '').split('.')
  const size = BigInt(whole) * UNIT + BigInt(part.padEnd(SCALE, '0'))
  return negative ? -size : size
}
export function fromScaled(size: bigint): string {
  const negative = size < BigInt(0)
  const digits = (negative ? -size : size).toString().padStart(SCALE + 1, '0')
  const part = digits.slice(-SCALE).replace(/0+$/, '')
  return (negative ? '-' : '') + digits.slice(0, -SCALE) + (part ? '.' + part : '')
}
export const add = (a: string, b: string): string => fromScaled(toScaled(a) + toScaled(b))
export const subtract = (a: string, b: string): string => fromScaled(toScaled(a) - toScaled(b))
/** -1, 0 or 1 */
export function compare(a: string, b: string): number {
  const d = toScaled(a) - toScaled(b)
  return d < BigInt(0) ? -1 : d > BigInt(0) ? 1 : 0
}
/** Moves the decimal point: shift("3.2", 4) is "32000" (3.2万). Exact or null when more than six decimals would remain. */
export function shift(text: string, places: number): string | null {
  const factor = BigInt(10) ** BigInt(Math.abs(places))
  const size = toScaled(text)
  if (places < 0 && size % factor !== BigInt(0)) return null
  const moved = fromScaled(places < 0 ? size / factor : size * factor)
  return isQuantity(moved) ? moved : null
}
/** "12.50" → "12.5", "007" → "7", "-0" → "0" */
export const canonical = (text: string): string => fromScaled(toScaled(text))
export const decimalsOf = (text: string): number => (text.split('.')[1] ?? '').replace(/0+$/, '').length
