import { computed, ref } from 'vue'
import { defineStore } from 'pinia'
import { api } from './daily'
import { ProblemError } from './client'
import type { Me, PermissionName } from './types'

const KEPT = 'minsheng.me'

/** Who is here. Kept on the machine so that an offline reload still opens the sheet of the person who was signed in. */
export const useSession = defineStore('session', () => {
  const me = ref<Me | null>(null)
  const known = ref(false)

  const permissions = computed(() => new Set<string>(me.value?.permissions ?? []))
  const can = (...any: PermissionName[]): boolean => any.some((p) => permissions.value.has(p))

  function keep(next: Me | null): void {
    me.value = next
    known.value = true
    try {
      if (next) localStorage.setItem(KEPT, JSON.stringify(next))
      else localStorage.removeItem(KEPT)
    } catch {
      // Storage may be forbidden by group policy; only the offline start is lost.
    }
  }
  function kept(): Me | null {
    try {
      return JSON.parse(localStorage.getItem(KEPT) ?? 'null') as Me | null
    } catch {
      return null
    }
  }

  async function load(): Promise<void> {
    try {
      keep(await api.me())
    } catch (problem) {
      if (problem instanceof ProblemError && problem.offline) {
        me.value = kept()
        known.value = true
      } else keep(null)
    }
  }
  async function signIn(username: string, password: string): Promise<void> {
    keep(await api.signIn(username, password))
  }
  async function signOut(): Promise<void> {
    await api.signOut().catch(() => undefined)
    keep(null)
  }
  return { me, known, can, load, signIn, signOut, forget: () => keep(null) }
})
