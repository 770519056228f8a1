import type { Item, Task } from '@/api'

/** Pure rules of the catalogue tree: order, codes, and what a leaf still lacks. */
const byPlace = (a: Item, b: Item): number =>
  a.seq - b.seq || a.code.localeCompare(b.code, 'zh-CN', { numeric: true }) || (a.id < b.id ? -1 : 1)

export const inOrder = (items: readonly Item[]): Item[] => items.filter((i) => i.status !== 'void').sort(byPlace)
/** The tree as it is read: each item before what lies beneath it. */
export function inTree(items: readonly Item[]): Item[] {
  const known = new Set(items.map((i) => i.id))
  const sorted = inOrder(items)
  const beneath = (parent: string | null): Item[] =>
    sorted
      .filter((i) => (i.parent_id && known.has(i.parent_id) ? i.parent_id : null) === parent)
      .flatMap((i) => [i, ...beneath(i.id)])
  return beneath(null)
}
export const siblings = (items: readonly Item[], parent: string | null): Item[] =>
  items.filter((i) => i.parent_id === parent)

/** The code that follows the last one among siblings: "2.3" → "2.4"; "2" without children → "2.1". */
export function nextCode(items: readonly Item[], parent: Item | null): string {
  const level = siblings(items, parent?.id ?? null)
  const last = level[level.length - 1]?.code
  const counted = /^(.*?)(\d+)$/.exec(last ?? '')
  if (counted) return `${counted[1] ?? ''}${Number(counted[2]) + 1}`
  return parent ? `${parent.code}.${level.length + 1}` : String(level.length + 1)
}
export const nextSeq = (level: readonly Item[]): number => Math.max(0, ...level.map((i) => i.seq)) + 10

/** New places of the siblings after one moved up or down; only those that change. */
export function moved(level: readonly Item[], id: string, by: -1 | 1): { item: Item; seq: number }[] {
  const order = [...level]
  const at = order.findIndex((i) => i.id === id)
  const other = order[at + by]
  const item = order[at]
  if (!item || !other) return []
  order[at] = other
  order[at + by] = item
  // Equal or reversed numbers are repaired on the way; else two rows change places.
  const seqs = level.map((i) => i.seq)
  const rising = seqs.every((s, i) => i === 0 || s > (seqs[i - 1] as number))
  return order
    .map((each, i) => ({ item: each, seq: rising ? (seqs[i] as number) : (i + 1) * 10 }))
    .filter(({ item: each, seq }) => each.seq !== seq)
}

export type Lack = 'indicator' | 'promise' | 'target'
/** What a leaf lacks before the list can be issued. The server decides; this only shows where to go on. */
export function lacks(items: readonly Item[], tasks: readonly Task[]): { item: Item; lack: Lack }[] {
  const parents = new Set(items.map((i) => i.parent_id))
  const task = new Map(tasks.map((x) => [x.item_id, x]))
  return items.flatMap((item): { item: Item; lack: Lack }[] => {
    if (parents.has(item.id)) return []
    if (!item.indicators.length) return [{ item, lack: 'indicator' }]
    const promise = task.get(item.id)
    if (!promise) return [{ item, lack: 'promise' }]
    const counted = new Set(promise.targets.map((x) => x.indicator_id))
    return item.indicators.every((i) => counted.has(i.id)) ? [] : [{ item, lack: 'target' }]
  })
}
