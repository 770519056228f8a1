import { fromScaled, toScaled } from '@/ui/decimal'

/** Arithmetic of a split. Exact: millionths as integers, never a float. The server reckons the same way. */
const ZERO = BigInt(0)
const stepOf = (decimals: number): bigint => BigInt(10) ** BigInt(6 - decimals)

export type Balance = 'balanced' | 'short' | 'over' | 'none'
export interface Sums {
  state: Balance
  /** Null where adding makes no sense. */
  sum: string | null
  /** Sum minus parent; null where there is nothing to compare. */
  difference: string | null
  missing: number
}

export function balanceOf(parent: string | null, shares: readonly (string | null)[], additive: boolean): Sums {
  const given = shares.filter((s): s is string => s !== null)
  const missing = shares.length - given.length
  if (!additive) return { state: 'none', sum: null, difference: null, missing }
  const sum = given.reduce((total, s) => total + toScaled(s), ZERO)
  if (parent === null) return { state: 'none', sum: fromScaled(sum), difference: null, missing }
  const difference = sum - toScaled(parent)
  const state = difference < ZERO ? 'short' : difference > ZERO ? 'over' : 'balanced'
  return { state, sum: fromScaled(sum), difference: fromScaled(difference), missing }
}

/**
 * Shares `total` out by weight so that it adds up exactly: the largest-remainder method. Everyone gets the share cut to
 * `decimals` places; what is left goes in smallest steps to the largest remainders, earlier ones first on a tie. Null
 * when the total is negative or finer than a step, or the weights give no basis.
 */
export function shareOut(total: string, weights: readonly string[], decimals: number): string[] | null {
  const step = stepOf(decimals)
  const size = toScaled(total)
  const parts = weights.map(toScaled)
  const basis = parts.reduce((a, b) => a + b, ZERO)
  if (size < ZERO || size % step !== ZERO || basis <= ZERO || parts.some((p) => p < ZERO)) return null
  const steps = size / step
  const shares = parts.map((p) => (steps * p) / basis)
  const left = Number(steps - shares.reduce((a, b) => a + b, ZERO))
  const order = parts
    .map((p, index) => ({ index, remainder: (steps * p) % basis }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
  for (const { index } of order.slice(0, left)) shares[index] = (shares[index] as bigint) + BigInt(1)
  return shares.map((s) => fromScaled(s * step))
}

/** "12.5" → ["4.2", "4.2", "4.1"] for three months: as even as the decimals allow, the larger ones first. */
export const evenly = (total: string, count: number, decimals: number): string[] | null =>
  shareOut(total, Array<string>(count).fill('1'), decimals)
