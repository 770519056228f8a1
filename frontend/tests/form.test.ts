import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { nextTick } from 'vue'
import type { Report } from '@/api'
import FormFields from '@/features/reports/FormFields.vue'
import { useSheet } from '@/features/reports/sheet'
import { fourRows, row } from './rows'

/** What the server has of the first report; a test changes it as an answer would. */
let kept: Report = row(1)
const server = setupServer(
  fourRows,
  http.get('*/api/v1/reports/r1', () => HttpResponse.json(kept)),
)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())
beforeEach(() => {
  setActivePinia(createPinia())
  kept = row(1)
})

async function form() {
  const sheet = useSheet()
  await sheet.load('2026-11', 'u')
  const [line, other] = sheet.lines.value
  if (!line || !other) throw new Error('the sheet is empty')
  const wrapper = mount(FormFields, { props: { sheet, line } })
  const field = (id: string) => wrapper.find<HTMLInputElement>(`#${id}`)
  const answered = async (change: Partial<Report>): Promise<void> => {
    kept = { ...kept, ...change, version: kept.version + 1 }
    await sheet.reread('r1')
    await nextTick()
  }
  // Nothing is sent: what comes back is what the test says.
  const put = (): void => sheet.outbox.schedule(1_000_000)
  put()
  return { sheet, other, wrapper, field, answered, put }
}
/** As a browser does it while somebody types: no change until the field is left. */
const typing = (box: ReturnType<Awaited<ReturnType<typeof form>>['field']>, text: string): Promise<void> => {
  box.element.value = text
  return box.trigger('input')
}

it('keeps what is being typed when the answer to another field comes back', async () => {
  const { field, answered } = await form()
  await typing(field('ff-note'), '路基')
  await answered({ physical_pct: '40' })
  expect(field('ff-pct').element.value).toBe('40')
  expect(field('ff-note').element.value).toBe('路基')
  // And goes on from there: the next answer does not take it away either.
  await typing(field('ff-note'), '路基完成')
  await answered({ physical_pct: '45', invested_fen: 128_500_000 })
  expect(field('ff-note').element.value).toBe('路基完成')
  expect([field('ff-pct').element.value, field('ff-fen').element.value]).toEqual(['45', '128.5'])
})

it('shows what a colleague wrote in a field that nobody is typing in', async () => {
  const { field, answered } = await form()
  await answered({ physical_note: '主体封顶' })
  expect(field('ff-note').element.value).toBe('主体封顶')
  await answered({ physical_note: '主体三层封顶' })
  expect(field('ff-note').element.value).toBe('主体三层封顶')
})

it('stores what was typed when the field is left, and stands by it over an older answer', async () => {
  const { sheet, field, answered, put } = await form()
  await typing(field('ff-note'), '路基完成')
  await field('ff-note').trigger('change')
  put()
  expect(sheet.outbox.waiting().map((e) => [e.field, e.mine])).toEqual([['physical_note', '路基完成']])
  await answered({ physical_pct: '40' })
  expect(field('ff-note').element.value).toBe('路基完成')
})

it('begins anew with another row: nothing typed for one report appears in the next', async () => {
  const { other, wrapper, field } = await form()
  await typing(field('ff-note'), '路基')
  await wrapper.setProps({ line: other })
  expect(field('ff-note').element.value).toBe('')
})
