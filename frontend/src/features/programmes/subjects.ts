import type { Operator } from '@/api'

/** What a dialog needs to know of the target or task it asks about. */
export interface Adjusting {
  targetId: string
  name: string
  operator: Operator
  value: string | null
  value_max: string | null
  stretch: string | null
  deadline: string
  levels: string[]
  measure: string
  decimals: number
}
export interface Stating {
  taskId: string
  name: string
}
