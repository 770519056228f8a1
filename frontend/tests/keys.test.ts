import { describe, expect, it } from 'vitest'
import { commandOf, History, step, type KeyLike, type Mode } from '@/ui/gridKeys'

const key = (name: string, extra: Partial<KeyLike> = {}): KeyLike => ({
  key: name,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...extra,
})
const move = (by: string, extend = false) => ({ do: 'move', by, extend, commit: true })

describe('what a key means', () => {
  it.each([
    ['Enter', {}, 'rest', move('down')],
    ['Enter', { shiftKey: true }, 'type', move('up')],
    ['Enter', { ctrlKey: true }, 'rest', { do: 'panel' }],
    ['Enter', { altKey: true }, 'rest', { do: 'accept' }],
    ['Tab', {}, 'type', move('next')],
    ['Tab', { shiftKey: true }, 'rest', move('previous')],
    ['ArrowDown', { shiftKey: true }, 'rest', move('down', true)],
    ['ArrowLeft', {}, 'type', move('left')],
    ['ArrowLeft', {}, 'edit', null],
    ['Home', {}, 'rest', move('home')],
    ['PageDown', {}, 'rest', move('pageDown')],
    ['Delete', {}, 'rest', { do: 'clear' }],
    ['Delete', {}, 'edit', null],
    ['F2', {}, 'rest', { do: 'edit' }],
    ['Escape', {}, 'type', { do: 'cancel' }],
    ['z', { ctrlKey: true }, 'rest', { do: 'undo' }],
    ['z', { ctrlKey: true }, 'type', null],
    ['y', { ctrlKey: true }, 'rest', { do: 'redo' }],
    ['Z', { ctrlKey: true, shiftKey: true }, 'rest', { do: 'redo' }],
    ['d', { ctrlKey: true }, 'rest', { do: 'fill' }],
    ['v', { ctrlKey: true }, 'rest', null],
    ['5', {}, 'rest', null],
  ] as [string, Partial<KeyLike>, Mode, unknown][])('%s %o in %s', (name, extra, mode, command) => {
    expect(commandOf(key(name, extra), mode)).toEqual(command)
  })
  it('leaves every key to a composing input method', () => {
    expect(commandOf(key('Enter', { isComposing: true }), 'type')).toBeNull()
    expect(commandOf(key('Process', { keyCode: 229 }), 'rest')).toBeNull()
  })
  it('is no trap: Escape and then Tab leaves the grid', () => {
    expect(commandOf(key('Tab'), 'rest', true)).toEqual({ do: 'leave' })
  })
})

describe('where a move ends', () => {
  const field = { rows: 3, cols: 4, page: 2, open: (row: number, col: number) => row !== 1 && col === 0 }
  it.each([
    [{ row: 0, col: 0 }, 'up', { row: 0, col: 0 }],
    [{ row: 0, col: 3 }, 'right', { row: 0, col: 3 }],
    [{ row: 0, col: 2 }, 'pageDown', { row: 2, col: 2 }],
    [{ row: 1, col: 2 }, 'home', { row: 1, col: 0 }],
    [{ row: 0, col: 1 }, 'bottom', { row: 2, col: 3 }],
    [{ row: 0, col: 0 }, 'next', { row: 2, col: 0 }],
    [{ row: 2, col: 0 }, 'previous', { row: 0, col: 0 }],
    [{ row: 2, col: 0 }, 'next', null],
  ] as const)('%o %s', (from, by, place) => {
    expect(step(from, by, field)).toEqual(place)
  })
})

describe('undo', () => {
  it('takes steps back and forth, and forgets the future after a new one', () => {
    const history = new History<string>()
    history.record(['a'])
    history.record(['b', 'c'])
    history.record([])
    expect(history.undo()).toEqual(['b', 'c'])
    expect(history.redo()).toEqual(['b', 'c'])
    expect(history.undo()).toEqual(['b', 'c'])
    history.record(['d'])
    expect(history.redo()).toBeUndefined()
    expect(history.undo()).toEqual(['d'])
    expect(history.undo()).toEqual(['a'])
    expect(history.undo()).toBeUndefined()
  })
})
