import { computed, ref, watch } from 'vue'
import { useQuery } from '@pinia/colada'
import { all, api, useSession } from '@/api'

/** Issued lists and the indicators of the chosen one; the own unit's list is chosen first. */
export function useLists(open: () => boolean) {
  const session = useSession()
  const programme = ref('')
  const { data } = useQuery({
    key: ['programmes', 'all'],
    query: () => all(api.programmes.list),
    enabled: open,
  })
  const programmes = computed(() => (data.value ?? []).filter((p) => p.status === 'issued').reverse())
  watch(
    programmes,
    (found) => {
      const usual = found.find((p) => p.unit_id === session.me?.user.unit_id) ?? found[0]
      programme.value ||= usual?.id ?? ''
    },
    { immediate: true },
  )
  const { data: items } = useQuery({
    key: () => ['items', 'of', programme.value],
    query: () => all(api.items.list, { programme_id: programme.value }),
    enabled: () => open() && !!programme.value,
  })
  const indicators = computed(() =>
    (items.value ?? []).flatMap((item) =>
      item.indicators.map((each) => ({
        id: each.id,
        item: item.id,
        name: `${item.code} ${item.title === each.name ? each.name : `${item.title} · ${each.name}`}`,
        measure: each.measure_name,
      })),
    ),
  )
  return { programme, programmes, indicators }
}

/** The units that hold a target of the chosen indicator, in the order of their names. */
export function useTargets(open: () => boolean, chosen: () => { id: string; item: string } | undefined) {
  const { data: tasks } = useQuery({
    key: () => ['tasks', 'of', chosen()?.item ?? ''],
    query: () => all(api.tasks.list, { item_id: chosen()?.item, status: 'issued' as const }),
    enabled: () => open() && !!chosen(),
  })
  return computed(() =>
    (tasks.value ?? [])
      .flatMap((task) =>
        task.targets
          .filter((target) => target.indicator_id === chosen()?.id)
          .map((target) => ({ id: target.id, unit: task.unit_id, name: task.unit_name ?? '' })),
      )
      .sort((a, b) => a.name.localeCompare(b.name, 'zh')),
  )
}
