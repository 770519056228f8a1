import { shallowRef } from 'vue'
import type { en } from './en'

/**
 * The Chinese phrase is its own key, so the first language costs no bytes and code reads as the screen does. A phrase
 * without an English line in `en/` fails the type check. English is fetched only when somebody asks for it.
 */
export type Key = keyof typeof en
type Values = Record<string, string | number>

const phrases = shallowRef<Partial<Record<string, string>>>({})
export const language = shallowRef<'zh-CN' | 'en'>('zh-CN')

export function t(key: Key, values?: Values): string {
  const phrase = phrases.value[key] ?? key
  return values ? phrase.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : phrase
}

export async function speak(next: 'zh-CN' | 'en'): Promise<void> {
  phrases.value = next === 'en' ? (await import('./en')).en : {}
  language.value = next
  document.documentElement.lang = next
}
