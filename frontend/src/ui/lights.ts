import type { LightMark, LightMeaning } from '@/api'
import { t } from './i18n'

/** How lights are shown. Names, glyphs and paint come from the rule set; nothing here knows that red is bad. */
export type Mark = Pick<LightMark, 'name' | 'glyph' | 'hue'>

/** For screens that stand without a rule set: help, and sheets kept on this machine by an older client. */
const USUAL = {
  green: ['●', '绿灯'],
  yellow: ['▲', '黄灯'],
  red: ['■', '红灯'],
  done: ['◆', '已完成'],
  none: ['○', '不亮灯'],
} as const

export function markOf(light: string, meanings: readonly LightMeaning[] = []): Mark & { meaning?: string } {
  const own = meanings.find((m) => m.key === light)
  if (own) return own
  const usual = light in USUAL ? (light as keyof typeof USUAL) : 'none'
  return { name: t(USUAL[usual][1]), glyph: USUAL[usual][0], hue: usual }
}

/** Keys of a rule set's lights, the worst first, then done and none: the order of legends, bars and counts. */
export function worstFirst(meanings: readonly LightMeaning[]): string[] {
  const keys = meanings.map((m) => m.key)
  return [...keys.filter((k) => k !== 'done' && k !== 'none').reverse(), ...keys.filter((k) => k === 'done'), 'none']
}
