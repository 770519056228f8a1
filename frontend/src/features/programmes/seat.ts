import type { Unit } from '@/api'
import { lineage } from '@/ui/tree'

const PLACES = new Set<Unit['kind']>(['government', 'township', 'park', 'village'])

/**
 * Where a person looks at a programme from: the owner for those who sit there or above, else the own place beneath it (the
 * county for somebody in a county department). What lies above a person is not his to see.
 */
export function seatOf(units: readonly Unit[], home: string | undefined, owner: string): string {
  const line = lineage(units, home)
  const at = line.findIndex((u) => u.id === owner)
  const below = at < 0 ? [] : line.slice(at + 1).filter((u) => PLACES.has(u.kind))
  return below[below.length - 1]?.id ?? owner
}
