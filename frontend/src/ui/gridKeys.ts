/** The keyboard of the grid as pure functions: what a key means, and where a move ends. */

export type Command =
  | { do: 'move'; by: Move; extend: boolean; commit: boolean }
  | { do: 'edit' | 'cancel' | 'clear' | 'undo' | 'redo' | 'fill' | 'panel' | 'copy' | 'all' | 'accept' | 'leave' }
export type Move =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'next'
  | 'previous'
  | 'home'
  | 'end'
  | 'pageUp'
  | 'pageDown'
  | 'top'
  | 'bottom'

/** `type`: a figure is being typed over the old one; `edit`: the caret moves inside the old one (F2). */
export type Mode = 'rest' | 'type' | 'edit'

export interface KeyLike {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  altKey: boolean
  metaKey: boolean
  isComposing?: boolean
  keyCode?: number
}

const ARROWS: Record<string, Move> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' }

export function commandOf(e: KeyLike, mode: Mode, escaped = false): Command | null {
  // While an input method composes, every key belongs to it; 229 is how old engines say so.
  if (e.isComposing || e.keyCode === 229) return null
  const ctrl = e.ctrlKey || e.metaKey
  const move = (by: Move, extend = false): Command => ({ do: 'move', by, extend, commit: true })

  if (e.key === 'Tab') return escaped && mode === 'rest' ? { do: 'leave' } : move(e.shiftKey ? 'previous' : 'next')
  if (e.key === 'Enter') {
    if (e.altKey) return { do: 'accept' }
    return ctrl ? { do: 'panel' } : move(e.shiftKey ? 'up' : 'down')
  }
  if (e.key === 'Escape') return { do: 'cancel' }
  if (e.key === 'F2') return { do: 'edit' }
  if (ctrl) {
    const letter = e.key.toLowerCase()
    if (letter === 'd') return { do: 'fill' }
    if (mode !== 'rest') return null
    if (letter === 'z') return { do: e.shiftKey ? 'redo' : 'undo' }
    if (letter === 'y') return { do: 'redo' }
    if (letter === 'c') return { do: 'copy' }
    if (letter === 'a') return { do: 'all' }
    if (e.key === 'Home') return move('top', e.shiftKey)
    if (e.key === 'End') return move('bottom', e.shiftKey)
    return null
  }
  if (e.altKey) return null
  if (mode === 'edit' && (e.key === 'ArrowLeft' || e.key === 'ArrowRight' || e.key === 'Home' || e.key === 'End'))
    return null
  const arrow = ARROWS[e.key]
  if (arrow) return move(arrow, e.shiftKey && mode === 'rest')
  if (e.key === 'PageUp') return move('pageUp', e.shiftKey)
  if (e.key === 'PageDown') return move('pageDown', e.shiftKey)
  if (mode === 'rest') {
    if (e.key === 'Home') return move('home', e.shiftKey)
    if (e.key === 'End') return move('end', e.shiftKey)
    if (e.key === 'Delete' || e.key === 'Backspace') return { do: 'clear' }
  }
  return null
}

export interface Place {
  row: number
  col: number
}
export interface Field {
  rows: number
  cols: number
  page: number
  /** Tab stops only where something can be typed. */
  open: (row: number, col: number) => boolean
}

/** Null: the move leaves the grid (Tab behind the last open cell), so the browser may take the focus away. */
export function step(from: Place, by: Move, field: Field): Place | null {
  const { row, col } = from
  const down = (n: number): number => Math.max(0, Math.min(field.rows - 1, row + n))
  switch (by) {
    case 'up':
      return { row: down(-1), col }
    case 'down':
      return { row: down(1), col }
    case 'left':
      return { row, col: Math.max(0, col - 1) }
    case 'right':
      return { row, col: Math.min(field.cols - 1, col + 1) }
    case 'home':
      return { row, col: 0 }
    case 'end':
      return { row, col: field.cols - 1 }
    case 'pageUp':
      return { row: down(-field.page), col }
    case 'pageDown':
      return { row: down(field.page), col }
    case 'top':
      return { row: 0, col: 0 }
    case 'bottom':
      return { row: field.rows - 1, col: field.cols - 1 }
    default:
      return tab(from, by === 'next' ? 1 : -1, field)
  }
}

function tab(from: Place, way: 1 | -1, field: Field): Place | null {
  for (let at = from.row * field.cols + from.col + way; at >= 0 && at < field.rows * field.cols; at += way) {
    const place = { row: Math.floor(at / field.cols), col: at % field.cols }
    if (field.open(place.row, place.col)) return place
  }
  return null
}

/** Undo of cell changes: one step is everything that one key, paste or fill changed. */
export class History<C> {
  private readonly past: C[][] = []
  private future: C[][] = []

  record(step: C[]): void {
    if (!step.length) return
    this.past.push(step)
    if (this.past.length > 200) this.past.shift()
    this.future = []
  }
  undo(): C[] | undefined {
    const step = this.past.pop()
    if (step) this.future.push(step)
    return step
  }
  redo(): C[] | undefined {
    const step = this.future.pop()
    if (step) this.past.push(step)
    return step
  }
}
