import type { ExternalFigure } from '@/api'
import { fromScaled, isQuantity, toScaled } from '@/ui/decimal'
import { halfWidth } from '@/ui/numbers'

const UNIT = BigInt(1_000_000)

/** A printed figure times its factor, exactly; nothing where one of them is no figure or it would not fit. */
export function converted(printed: string, factor: string): string | undefined {
  const [figure, times] = [printed, factor].map((each) => halfWidth(each).replace(/[,，\s]/g, ''))
  if (!figure || !times || !isQuantity(figure) || !isQuantity(times)) return undefined
  const exact = toScaled(figure) * toScaled(times)
  const found = exact % UNIT === BigInt(0) ? fromScaled(exact / UNIT) : ''
  return isQuantity(found) ? found : undefined
}

/** What was said about one target and period, the first entry first: what was changed, struck or is official. */
export const chain = (rows: ExternalFigure[]): ExternalFigure[] =>
  rows.slice().sort((a, b) => a.created_at.localeCompare(b.created_at))
