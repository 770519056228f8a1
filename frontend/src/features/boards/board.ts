import type { BoardCell, BoardMatrix, LagRow, LightKey } from '@/api'
import { byCode } from '@/ui/codes'
import { compare } from '@/ui/decimal'

/** The light matrix without the screen: which rows show, what stands in them, what a filter keeps. */

export type Unit = BoardMatrix['units'][number]
export type Item = BoardMatrix['items'][number]

export type Standing = 'ahead' | 'on' | 'behind' | 'unjudged'
export type Show = '' | LightKey | Standing
/** Counts of the board are over what units report themselves, so a filter never matches a sum. */
export const matches = (cell: BoardCell, show: Show): boolean =>
  show === '' || (cell.own && (cell.light === show || (cell.standing ?? 'unjudged') === show))

export interface Row {
  unit: Unit
  foldable: boolean
  open: boolean
  cells: (BoardCell | undefined)[]
  lights: Record<LightKey, number>
}
export interface Board {
  items: Item[]
  rows: Row[]
}
const count = (cells: (BoardCell | undefined)[]): Record<LightKey, number> => {
  const found: Record<LightKey, number> = {}
  for (const cell of cells) if (cell) found[cell.light] = (found[cell.light] ?? 0) + 1
  return found
}

/**
 * Rows to draw: the top unit and those right beneath it, deeper ones where their parent is unfolded. Under a filter every
 * unit with a match shows, with the units above it, and columns without a match fall away.
 */
export function boardOf(matrix: BoardMatrix, unfolded: ReadonlySet<string>, show: Show = ''): Board {
  const at = new Map(matrix.cells.map((c) => [`${c.unit_id} ${c.item_id}`, c]))
  const parents = new Map(matrix.units.map((u) => [u.id, u.parent_id]))
  const withChildren = new Set(matrix.units.map((u) => u.parent_id))
  const hits = show ? matrix.cells.filter((c) => matches(c, show)) : []
  const hitItems = new Set(hits.map((c) => c.item_id))
  const items = matrix.items.filter((i) => !show || hitItems.has(i.id)).sort(byCode)
  const kept = new Set<string>()
  for (const { unit_id } of hits)
    for (let id: string | null | undefined = unit_id; id && !kept.has(id); id = parents.get(id)) kept.add(id)
  const visible = (unit: Unit): boolean => {
    if (show) return kept.has(unit.id)
    if (unit.depth < 2) return true
    for (let id = unit.parent_id, depth = unit.depth - 1; depth > 0; depth -= 1) {
      if (!id || !unfolded.has(id)) return false
      id = parents.get(id) ?? null
    }
    return true
  }
  return {
    items,
    rows: matrix.units.filter(visible).map((unit) => {
      const cells = items.map((i) => at.get(`${unit.id} ${i.id}`))
      const foldable = unit.depth > 0 && withChildren.has(unit.id)
      return { unit, foldable, open: foldable && (!!show || unfolded.has(unit.id)), cells, lights: count(cells) }
    }),
  }
}
export const foldableUnits = (matrix: BoardMatrix): string[] => {
  const withChildren = new Set(matrix.units.map((u) => u.parent_id))
  return matrix.units.filter((u) => u.depth > 0 && withChildren.has(u.id)).map((u) => u.id)
}

/** Furthest behind first; what has no gap comes last, in the order given. */
export function byGap<R extends { gap_points: string | null }>(rows: R[]): R[] {
  return [...rows].sort((a, b) => {
    if (a.gap_points === null || b.gap_points === null)
      return Number(a.gap_points === null) - Number(b.gap_points === null)
    return compare(b.gap_points, a.gap_points)
  })
}
export type LagKey = 'gap' | 'unit' | 'item'
export function sortLag(rows: LagRow[], key: LagKey, rising: boolean): LagRow[] {
  const sorted =
    key === 'gap'
      ? byGap(rows)
      : [...rows].sort((a, b) =>
          key === 'unit'
            ? a.unit_name.localeCompare(b.unit_name, 'zh-CN') || byCode({ code: a.item_code }, { code: b.item_code })
            : byCode({ code: a.item_code }, { code: b.item_code }),
        )
  // "Rising" of gaps is the smallest first; of names it is the reverse of the alphabet.
  return rising ? sorted.reverse() : sorted
}
