/** A mapping while it is edited: every part is there, empty or not. */
export interface Draft {
  sheet: string
  header_row: number
  place: { column: string }
  indicator: { column: string } | null
  values: { column: string; indicator_id: string | null; factor: string; printed_unit: string | null }[]
  fill_down: boolean
  places: Record<string, string | null>
  indicators: Record<string, string | null>
}
export const value = (column: string): Draft['values'][number] => ({
  column,
  indicator_id: null,
  factor: '1',
  printed_unit: null,
})
export const blank = (): Draft => ({
  sheet: '',
  header_row: 1,
  place: { column: 'A' },
  indicator: null,
  values: [value('B')],
  fill_down: false,
  places: {},
  indicators: {},
})
/** The letters of the columns that a preview shows. */
export const letters = Array.from({ length: 30 }, (_, i) =>
  i < 26 ? String.fromCharCode(65 + i) : `A${String.fromCharCode(39 + i)}`,
)
