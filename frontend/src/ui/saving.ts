import { computed, ref } from 'vue'
import { ProblemError } from '@/api/daily'
import { t } from './i18n'

/** State of one form that writes: busy, the refusal, and which field each part of the refusal belongs to. */
export function useSaving(fields: readonly string[] = []) {
  const busy = ref(false)
  const problem = ref<unknown>()

  /** `chosen` is what a list or picker holds: without it the server can only complain about the form of nothing. */
  function errorAt(field: string, chosen: unknown = true): string | undefined {
    if (!(problem.value instanceof ProblemError)) return undefined
    const found = problem.value.errors.find((e) => e.pointer.replace(/^\/(body\/)?/, '') === field)
    return found && (chosen ? found.message : t('请选择'))
  }

  /** The refusal without what already stands at a field: shown above the form. */
  const rest = computed<unknown>(() => {
    const p = problem.value
    if (!(p instanceof ProblemError)) return p
    const left = p.errors.filter((e) => !fields.includes(e.pointer.replace(/^\/(body\/)?/, '')))
    if (p.errors.length && !left.length) return undefined
    return new ProblemError(p.status, p.code, p.title, p.detail, left)
  })

  /** True when the work went through; a second press while busy does nothing. */
  async function run(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    problem.value = undefined
    try {
      await work()
      return true
    } catch (caught) {
      problem.value = caught
      return false
    } finally {
      busy.value = false
    }
  }
  const clear = (): void => {
    problem.value = undefined
  }
  return { busy, problem, rest, errorAt, run, clear }
}
