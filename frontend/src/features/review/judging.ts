import { computed, ref, type Ref } from 'vue'
import { api, type ReviewDesk } from '@/api'
import type { Judgement, Offer } from './desk'
import type { Mark } from './DeskMatrix.vue'

const LIMIT = 500

/** Carries out a judgement on many reports and keeps, per cell, what became of it until the next one. */
export function useJudging(desk: Ref<ReviewDesk | undefined>) {
  const marks = ref<Map<string, Mark>>(new Map())
  const outcome = ref<{ judgement: Judgement; moved: number }>()
  const problem = ref<unknown>()
  const busy = ref<Judgement | ''>('')

  function forget(): void {
    marks.value = new Map()
    outcome.value = undefined
    problem.value = undefined
  }
  /** Returns the ids that did not go through: they stay chosen. */
  async function run(offer: Offer, reason?: string): Promise<string[]> {
    forget()
    busy.value = offer.judgement
    const next = new Map<string, Mark>()
    let moved = 0
    try {
      for (const call of offer.calls)
        for (let from = 0; from < call.rows.length; from += LIMIT) {
          const { results } = await api.moveReports(call.verb, call.rows.slice(from, from + LIMIT), reason)
          for (const r of results) {
            moved += r.outcome === 'moved' ? 1 : 0
            next.set(r.id, { kind: r.outcome, text: r.errors.map((e) => e.message).join('；') })
          }
        }
      outcome.value = { judgement: offer.judgement, moved }
    } catch (caught) {
      problem.value = caught
    } finally {
      marks.value = next
      busy.value = ''
    }
    return offer.calls.flatMap((c) => c.rows.map((r) => r.id)).filter((id) => next.get(id)?.kind !== 'moved')
  }
  const failures = computed(() => {
    const cells = new Map(desk.value?.cells.map((c) => [c.report_id, c]))
    return [...marks.value]
      .filter(([, m]) => m.kind !== 'moved')
      .map(([id, m]) => {
        const cell = cells.get(id)
        return {
          id,
          text: m.text,
          unit: desk.value?.units.find((u) => u.id === cell?.unit_id)?.name ?? '',
          item: desk.value?.items.find((i) => i.id === cell?.item_id)?.code ?? '',
        }
      })
  })
  return { marks, outcome, problem, busy, failures, run, forget }
}
