import { computed, nextTick, ref, type ComputedRef, type Ref } from 'vue'
import type { Line } from './lines'

export interface Group {
  id: string
  key: string
  name?: string
  from: number
  lines: Line[]
}
const PIECE = 30
const LONG = 300
const LINE_HEIGHT = 45

export interface Pieces {
  groups: ComputedRef<Group[]>
  drawn: (g: Group) => boolean
  /** How high a piece was when it was last drawn. */
  heightOf: (g: Group) => number
  bring: (row: number) => boolean
  watchPieces: () => void
  stop: () => void
}

/** A long sheet is drawn in pieces: a county has two thousand lines, a screen shows twenty. */
export function usePieces(
  lines: () => Line[],
  below: () => boolean | undefined,
  scroller: Ref<HTMLElement | undefined>,
  table: Ref<HTMLTableElement | undefined>,
  redraw: () => void,
): Pieces {
  const groups = computed(() => {
    const made: Group[] = []
    const several = below()
    lines().forEach((line, from) => {
      const last = made[made.length - 1]
      const id = several ? `${line.row.unit_id}|${line.row.programme_id}` : line.row.programme_id
      const name = several ? `${line.row.unit_name} · ${line.row.programme_name}` : line.row.programme_name
      if (last?.id !== id) made.push({ id, key: `${id}|${from}`, name, from, lines: [line] })
      else if (last.lines.length < PIECE || lines().length <= LONG) last.lines.push(line)
      else made.push({ id, key: `${id}|${from}`, from, lines: [line] })
    })
    return made
  })
  const inSight = ref(new Set<string>())
  const heights = new Map<string, number>()
  const whole = computed(() => lines().length <= LONG || typeof IntersectionObserver === 'undefined')
  const drawn = (g: Group): boolean => whole.value || inSight.value.has(g.key) || !g.key
  let watcher: IntersectionObserver | undefined
  function look(entries: IntersectionObserverEntry[]): void {
    const next = new Set(inSight.value)
    for (const { target, isIntersecting } of entries) {
      const key = (target as HTMLElement).dataset['piece'] ?? ''
      if (isIntersecting) next.add(key)
      else if (next.has(key) && !target.querySelector('[data-active]')) {
        heights.set(key, (target as HTMLElement).offsetHeight)
        next.delete(key)
      }
    }
    inSight.value = next
    void nextTick(redraw)
  }
  function watchPieces(): void {
    watcher?.disconnect()
    if (whole.value || !scroller.value) return
    watcher ??= new IntersectionObserver(look, { root: scroller.value, rootMargin: '900px 0px' })
    for (const el of table.value?.querySelectorAll('tbody') ?? []) watcher.observe(el)
  }
  /** The piece a line lies in is drawn before the cursor goes there. */
  function bring(row: number): boolean {
    const g = groups.value.find((each) => row >= each.from && row < each.from + each.lines.length)
    if (!g || drawn(g)) return false
    inSight.value = new Set(inSight.value).add(g.key)
    return true
  }
  return {
    groups,
    drawn,
    heightOf: (g) => heights.get(g.key) ?? g.lines.length * LINE_HEIGHT,
    bring,
    watchPieces,
    stop: () => watcher?.disconnect(),
  }
}
