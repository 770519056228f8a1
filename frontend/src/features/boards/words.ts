import type { Key } from '@/ui/i18n'
import type { Standing } from './board'

export const STANDING: Record<Standing, { name: Key; glyph: string }> = {
  ahead: { name: '快于序时', glyph: '↑' },
  on: { name: '按序时', glyph: '→' },
  behind: { name: '落后序时', glyph: '↓' },
  unjudged: { name: '不判定', glyph: '–' },
}
