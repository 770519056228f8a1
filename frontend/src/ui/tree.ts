/** Trees as flat lists: rows carry `parent_id`, the screen draws the visible ones in order. */
export interface Branchy {
  id: string
  parent_id: string | null
}
export interface Twig<R> {
  row: R
  depth: number
  children: Twig<R>[]
}

/** Keeps the order of rows among siblings. A row whose parent is not in the list (not visible to the person) is a root. */
export function plant<R extends Branchy>(rows: readonly R[]): Twig<R>[] {
  const twigs = new Map<string, Twig<R>>(rows.map((row) => [row.id, { row, depth: 0, children: [] }]))
  const roots: Twig<R>[] = []
  for (const twig of twigs.values()) {
    const parent = twig.row.parent_id === null ? undefined : twigs.get(twig.row.parent_id)
    ;(parent?.children ?? roots).push(twig)
  }
  const sink = (level: Twig<R>[], depth: number): void => {
    for (const twig of level) {
      twig.depth = depth
      sink(twig.children, depth + 1)
    }
  }
  sink(roots, 0)
  return roots
}

/** The twigs whose every ancestor is open, top to bottom. */
export function shown<R extends Branchy>(roots: readonly Twig<R>[], open: ReadonlySet<string>): Twig<R>[] {
  return roots.flatMap((twig) => [twig, ...(open.has(twig.row.id) ? shown(twig.children, open) : [])])
}

/** From the root down to the row itself. */
export function lineage<R extends Branchy>(rows: readonly R[], id: string | null | undefined): R[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const found: R[] = []
  for (
    let at = id ? byId.get(id) : undefined;
    at && !found.includes(at);
    at = at.parent_id ? byId.get(at.parent_id) : undefined
  )
    found.unshift(at)
  return found
}

/** What matches, with everything above it, so that a match still has its place. */
export function pruned<R extends Branchy>(rows: readonly R[], matches: (row: R) => boolean): R[] {
  const keep = new Set<string>()
  const byId = new Map(rows.map((row) => [row.id, row]))
  for (const row of rows) {
    if (!matches(row)) continue
    for (let at: R | undefined = row; at && !keep.has(at.id); at = at.parent_id ? byId.get(at.parent_id) : undefined)
      keep.add(at.id)
  }
  return rows.filter((row) => keep.has(row.id))
}
