import type { MilestoneTemplate, TemplateStep } from '@/api'

/** A step as it is edited: nothing is left out. */
export type Line = Required<TemplateStep>

export const lines = (steps: TemplateStep[]): Line[] =>
  steps.map((s) => ({
    key: s.key,
    name: s.name,
    phase: s.phase ?? null,
    kind: s.kind ?? 'step',
    weight: s.weight ?? 10,
    work_days: s.work_days,
    after: [...(s.after ?? [])],
    deliverable: s.deliverable ?? null,
    checks: [...(s.checks ?? [])],
    anchor: s.anchor ? { ...s.anchor } : null,
  }))

/** First and last working day of each step, counted from the start, when each begins as soon as it may. */
export function spans(steps: Line[]): Map<string, readonly [number, number]> {
  const found = new Map<string, readonly [number, number]>()
  let left = steps
  while (left.length) {
    const ready = left.filter((s) => s.after.every((k) => found.has(k) || !steps.some((o) => o.key === k)))
    if (!ready.length) break
    for (const s of ready) {
      const from = Math.max(0, ...s.after.map((k) => found.get(k)?.[1] ?? 0)) + 1
      found.set(s.key, [from, from + Math.max(1, s.work_days || 1) - 1])
    }
    left = left.filter((s) => !found.has(s.key))
  }
  return found
}
/** A key that no step has yet; keys only tie steps together and are never shown. */
export function freshKey(steps: Line[]): string {
  let n = steps.length + 1
  while (steps.some((s) => s.key === `s${n}`)) n++
  return `s${n}`
}
/** One's own first, then those of the places above, the shipped ones last; within each those of a kind before the rest. */
export function ordered(rows: MilestoneTemplate[], own: string | undefined, kind?: string | null): MilestoneTemplate[] {
  const place = (r: MilestoneTemplate): number => (r.unit_id === own ? 0 : r.unit_id ? 1 : 2)
  return [...rows].sort((a, b) => Number(b.kind === kind) - Number(a.kind === kind) || place(a) - place(b))
}
