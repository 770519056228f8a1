import type { FundLine } from '@/api/money'
import { t } from '@/ui/i18n'
import { origin } from './words'

/** A stream between two boxes of neighbouring columns. */
export interface Stream {
  from: string
  to: string
  fen: number
}
export interface Box {
  id: string
  name: string
  fen: number
  column: number
  y: number
  height: number
  tone: string
}
export interface Ribbon extends Stream {
  path: string
  thick: number
  tone: string
}
export interface Flow {
  boxes: Box[]
  ribbons: Ribbon[]
}

/** What became of a line's money; the parts add up to what was planned, or noticed where that is more. */
export function parts(line: FundLine): { use: string; fen: number }[] {
  const f = line.facts
  return [
    { use: 'spent', fen: f.spent_fen },
    { use: 'advanced', fen: f.advanced_fen },
    { use: 'cash', fen: f.cash_fen },
    { use: 'returned', fen: f.returned_fen },
    { use: 'due', fen: f.due_fen },
    {
      use: 'open',
      fen: f.planned_fen - f.spent_fen - f.advanced_fen - f.cash_fen - f.returned_fen - f.due_fen,
    },
  ].filter((part) => part.fen > 0)
}

const TONES = ['#1b5fae', '#1a7f37', '#8a5a00', '#6b4fa0', '#a13f00', '#2d7d86', '#b4232a', '#5d6a7c']
const USE_TONES: Record<string, string> = {
  spent: '#1a7f37',
  advanced: '#1b5fae',
  cash: '#8a5a00',
  returned: '#6b4fa0',
  due: '#b4232a',
  open: '#8593a6',
}

/** Streams of lines: where the money comes from → what it is for → what became of it. */
export function streams(lines: FundLine[]): { streams: Stream[]; names: Map<string, string> } {
  const names = new Map<string, string>([
    ['use:spent', t('已支出')],
    ['use:advanced', t('已拨付未支出')],
    ['use:cash', t('到位未拨付')],
    ['use:returned', t('已缴回')],
    ['use:due', t('下达未到位')],
    ['use:open', t('计划未下达')],
  ])
  const sums = new Map<string, Stream>()
  const add = (from: string, to: string, fen: number): void => {
    const key = `${from}>${to}`
    const known = sums.get(key)
    if (known) known.fen += fen
    else sums.set(key, { from, to, fen })
  }
  for (const line of lines) {
    if (line.status === 'void') continue
    const source = `from:${origin(line.source_kind, line.tier)}`
    const item = `item:${line.item_id ?? ''}`
    names.set(source, t(origin(line.source_kind, line.tier)))
    names.set(item, line.item_title ?? t('整个计划'))
    for (const part of parts(line)) {
      add(source, item, part.fen)
      add(item, `use:${part.use}`, part.fen)
    }
  }
  return { streams: [...sums.values()], names }
}

const COLUMN = (id: string): number => (id.startsWith('from:') ? 0 : id.startsWith('item:') ? 1 : 2)
/** Boxes stacked per column, largest first, and ribbons that leave and arrive in the order of their other ends. */
export function layout(
  all: Stream[],
  names: Map<string, string>,
  width: number,
  height: number,
  box = 14,
  gap = 14,
): Flow {
  const sizes = new Map<string, number>()
  for (const s of all) {
    if (COLUMN(s.from) === 0) sizes.set(s.from, (sizes.get(s.from) ?? 0) + s.fen)
    sizes.set(s.to, (sizes.get(s.to) ?? 0) + s.fen)
  }
  const columns = [0, 1, 2].map((column) =>
    [...sizes.entries()].filter(([id]) => COLUMN(id) === column).sort((a, b) => b[1] - a[1]),
  )
  const total = Math.max(1, ...columns.map((column) => column.reduce((sum, [, fen]) => sum + fen, 0)))
  const most = Math.max(1, ...columns.map((column) => column.length))
  const scale = (height - gap * (most - 1)) / total
  const boxes = columns.flatMap((column, at) => {
    let y = 0
    return column.map(([id, fen], n): Box => {
      const tall = Math.max(2, fen * scale)
      const made = {
        id,
        name: names.get(id) ?? id,
        fen,
        column: at,
        y,
        height: tall,
        tone: USE_TONES[id.slice(4)] ?? TONES[n % TONES.length] ?? '',
      }
      y += tall + gap
      return made
    })
  })
  const at = new Map(boxes.map((each) => [each.id, each]))
  const left = (column: number): number => (column * (width - box)) / 2
  const out = new Map<string, number>()
  const into = new Map<string, number>()
  const rank = (id: string): number => at.get(id)?.y ?? 0
  const ribbons = [...all]
    .sort((a, b) => rank(a.from) - rank(b.from) || rank(a.to) - rank(b.to))
    .flatMap((s): Ribbon[] => {
      const [a, b] = [at.get(s.from), at.get(s.to)]
      if (!a || !b) return []
      const thick = Math.max(1, s.fen * scale)
      const y1 = a.y + (out.get(s.from) ?? 0) + thick / 2
      const y2 = b.y + (into.get(s.to) ?? 0) + thick / 2
      out.set(s.from, (out.get(s.from) ?? 0) + s.fen * scale)
      into.set(s.to, (into.get(s.to) ?? 0) + s.fen * scale)
      const x1 = left(a.column) + box
      const x2 = left(b.column)
      const middle = (x1 + x2) / 2
      return [
        {
          ...s,
          thick,
          tone: (b.column === 2 ? b : a).tone,
          path: `M${x1},${y1}C${middle},${y1},${middle},${y2},${x2},${y2}`,
        },
      ]
    })
  return { boxes, ribbons }
}
