/** Where the keyboard stands in a matrix; -1 is the header row or the header column. */
export interface Spot {
  r: number
  c: number
}

/** One key in a matrix of `rows` × `cols`: arrows, Home, End, PgUp, PgDn, each held at the edge. Null for any other key. */
export function step(key: string, at: Spot, rows: number, cols: number, far = false, page = 10): Spot | null {
  const hold = (n: number, size: number): number => Math.max(-1, Math.min(size - 1, n))
  const to = (r: number, c: number): Spot => ({ r: hold(r, rows), c: hold(c, cols) })
  switch (key) {
    case 'ArrowUp':
      return to(far ? 0 : at.r - 1, at.c)
    case 'ArrowDown':
      return to(far ? rows : at.r + 1, at.c)
    case 'ArrowLeft':
      return to(at.r, far ? 0 : at.c - 1)
    case 'ArrowRight':
      return to(at.r, far ? cols : at.c + 1)
    case 'Home':
      return to(far ? 0 : at.r, 0)
    case 'End':
      return to(far ? rows : at.r, cols)
    case 'PageUp':
      return to(Math.max(at.r - page, Math.min(at.r, 0)), at.c)
    case 'PageDown':
      return to(at.r + page, at.c)
    default:
      return null
  }
}

/** Row and column of the cell an event happened in, from its data attributes. */
export function spotOf(target: EventTarget | null): Spot | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>('[data-r]') : null
  return cell ? { r: Number(cell.dataset['r']), c: Number(cell.dataset['c']) } : null
}
