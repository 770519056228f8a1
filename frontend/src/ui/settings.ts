import { reactive, watch } from 'vue'
import { speak } from './i18n'

/** Personal look of the client, kept on this machine only. */
export interface Settings {
  font: 100 | 125 | 150
  contrast: 'normal' | 'high'
  language: 'zh-CN' | 'en'
  nav: 'open' | 'narrow'
}
const KEPT = 'minsheng.settings'
const DEFAULTS: Settings = { font: 100, contrast: 'normal', language: 'zh-CN', nav: 'open' }

function kept(): Partial<Settings> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Partial<Settings>
  } catch {
    return {}
  }
}
export const settings = reactive<Settings>({ ...DEFAULTS, ...kept() })

export function applySettings(): void {
  // Large type on an office screen needs the width; the person may still unfold the navigation.
  watch(
    () => settings.font,
    (font) => {
      if (font === 150 && innerWidth < 1600) settings.nav = 'narrow'
    },
  )
  watch(
    settings,
    (now) => {
      const root = document.documentElement
      root.dataset['font'] = String(now.font)
      root.dataset['contrast'] = now.contrast
      void speak(now.language)
      try {
        localStorage.setItem(KEPT, JSON.stringify(now))
      } catch {
        // Group policy may forbid storage; the choice then lasts until the page closes.
      }
    },
    { immediate: true },
  )
  // What is chosen in one tab holds in the others.
  addEventListener('storage', (e) => {
    if (e.key === KEPT) Object.assign(settings, kept())
  })
}
