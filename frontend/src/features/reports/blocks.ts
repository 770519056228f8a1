import type { Place } from '@/ui/gridKeys'
import { writeTsv } from '@/ui/numbers'
import { COLUMNS, fieldOf, type Column, type Line } from './lines'
import { SAME_AS_LAST } from './reading'

/** What is done to a block of cells, as the single writes it comes to. */
export type Write = [Line, Column, string]
export interface Block {
  top: number
  bottom: number
  left: number
  right: number
}
type Shown = readonly Line[]
type TextOf = (line: Line, col: Column) => string

export const blockOf = (a: Place, b: Place): Block => ({
  top: Math.min(a.row, b.row),
  bottom: Math.max(a.row, b.row),
  left: Math.min(a.col, b.col),
  right: Math.max(a.col, b.col),
})
export function placesIn({ top, bottom, left, right }: Block): Place[] {
  const places: Place[] = []
  for (let row = top; row <= bottom; row += 1) for (let col = left; col <= right; col += 1) places.push({ row, col })
  return places
}

/**
 * Where typing in a cell goes. A snapshot has no figure of the period, so what is typed in that column while running down
 * it is the snapshot itself: dropping the keys would be worse.
 */
export function typedInto(line: Line | undefined, col: Column | undefined): Column | undefined {
  if (!line?.open || !col) return undefined
  if (fieldOf(line, col)) return col
  return col === 'current' ? 'value' : undefined
}

/** One text into every cell: nothing clears them, one copied cell fills the selection as in every spreadsheet. */
export const spread = (lines: Shown, block: Block, text: string): Write[] =>
  placesIn(block).flatMap(({ row, col }) => {
    const line = lines[row]
    const column = COLUMNS[col]
    return line && column ? [[line, column, text] satisfies Write] : []
  })

/** The first row of the block goes down it; of a single row, the one above. */
export function filledDown(lines: Shown, { top, bottom, left, right }: Block, textOf: TextOf): Write[] {
  const from = top === bottom ? top - 1 : top
  const writes: Write[] = []
  for (let col = left; col <= right; col += 1) {
    const source = lines[from]
    const column = COLUMNS[col]
    if (!source || !column) continue
    for (let row = from + 1; row <= bottom; row += 1) {
      const line = lines[row]
      if (line) writes.push([line, column, textOf(source, column)])
    }
  }
  return writes
}

/** 与上期相同: a single row whatever it holds; of several rows only those that are still empty. */
export function asLastMonth(lines: Shown, { top, bottom }: Block): Write[] {
  const writes: Write[] = []
  for (let row = top; row <= bottom; row += 1) {
    const line = lines[row]
    const col = typedInto(line, 'current')
    if (line && col && (top === bottom || line.value === null)) writes.push([line, col, SAME_AS_LAST])
  }
  return writes
}

/** A table from the clipboard, its corner in the block's. */
export function pasted(lines: Shown, block: Block, table: string[][]): Write[] {
  if (table.length === 1 && table[0]?.length === 1) return spread(lines, block, table[0][0] ?? '')
  const writes: Write[] = []
  table.forEach((cells, r) =>
    cells.forEach((text, c) => {
      const line = lines[block.top + r]
      const column = cells.length === 1 ? typedInto(line, COLUMNS[block.left]) : COLUMNS[block.left + c]
      if (line && column) writes.push([line, column, text.trim()])
    }),
  )
  return writes
}

/** The block as text for the clipboard. */
export function copied(lines: Shown, block: Block, textOf: TextOf): string {
  const made: string[][] = []
  for (const { row, col } of placesIn(block)) {
    const line = lines[row]
    const column = COLUMNS[col]
    if (line && column) (made[row - block.top] ??= []).push(textOf(line, column))
  }
  return writeTsv(made)
}
