import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import EntryGrid from '@/features/reports/EntryGrid.vue'
import { useSheet, type Sheet } from '@/features/reports/sheet'
import { fourRows } from './rows'

const server = setupServer(fourRows)
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
afterAll(() => server.close())

let sheet: Sheet
async function grid() {
  sheet = useSheet()
  await sheet.load('2026-11', 'u')
  const wrapper = mount(EntryGrid, {
    props: { sheet, lines: sheet.lines.value, chosen: new Set<string>() },
    attachTo: document.body,
  })
  sheet.outbox.schedule(1_000_000)
  return { wrapper, input: wrapper.find<HTMLInputElement>('.park') }
}
type Box = Awaited<ReturnType<typeof grid>>['input']
/** As a browser does it: keydown, then the character lands in the input, then an input event. */
function type(input: Box, text: string): void {
  for (const c of text) {
    input.element.dispatchEvent(new KeyboardEvent('keydown', { key: c, bubbles: true }))
    input.element.value += c
    input.element.dispatchEvent(new Event('input', { bubbles: true }))
  }
}
const press = (input: Box, key: string, extra: KeyboardEventInit = {}): boolean =>
  input.element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...extra }))
function paste(input: Box, text: string): void {
  const event = new Event('paste', { bubbles: true, cancelable: true })
  Object.defineProperty(event, 'clipboardData', { value: { getData: () => text } })
  input.element.dispatchEvent(event)
}
const typed = (): (string | null)[] => sheet.lines.value.map((l) => l.current)

describe('entry grid', () => {
  beforeEach(() => setActivePinia(createPinia()))

  it('loses no key of a burst that comes before any redraw', async () => {
    const { input, wrapper } = await grid()
    for (const pair of ['12', '34', '56', '78']) {
      type(input, pair)
      press(input, 'Enter')
    }
    expect(typed()).toEqual(['12', '34', '56', '78'])
    expect(sheet.lines.value.map((l) => l.value)).toEqual(['22', '44', '66', '88'])
    await nextTick()
    expect(wrapper.findAll('td[data-col="0"] .v').map((c) => c.text())).toEqual(['12', '34', '56', '78'])
    expect(sheet.outbox.waiting().length).toBe(4)
    sheet.outbox.stop()
    wrapper.unmount()
  })

  it('pastes a block, flags what is no figure, and takes the whole block back', async () => {
    const { input, wrapper } = await grid()
    paste(input, '1,234\r\n４５\r\nabc\r\n3.2万\r\n')
    expect(typed()).toEqual(['1234', '45', null, null])
    expect(sheet.lines.value.map((l) => l.raw.current)).toEqual([undefined, undefined, 'abc', '3.2万'])
    expect(sheet.lines.value.map((l) => l.marks.current?.kind)).toEqual(['waiting', 'waiting', 'invalid', 'invalid'])
    expect(sheet.lines.value[3]?.marks.current?.suggest).toBe('32000')
    press(input, 'z', { ctrlKey: true })
    expect(typed()).toEqual([null, null, null, null])
    expect(sheet.lines.value.map((l) => l.raw.current)).toEqual([undefined, undefined, undefined, undefined])
    press(input, 'y', { ctrlKey: true })
    expect(typed()).toEqual(['1234', '45', null, null])
    sheet.outbox.stop()
    wrapper.unmount()
  })

  it('fills down, clears a range, edits with F2 and gives up with Escape', async () => {
    const { input, wrapper } = await grid()
    type(input, '5')
    press(input, 'Enter')
    press(input, 'ArrowUp')
    press(input, 'ArrowDown', { shiftKey: true })
    press(input, 'ArrowDown', { shiftKey: true })
    press(input, 'd', { ctrlKey: true })
    expect(typed()).toEqual(['5', '5', '5', null])
    press(input, 'F2')
    expect(input.element.value).toBe('5')
    input.element.value = '59'
    press(input, 'Escape')
    expect(typed()).toEqual(['5', '5', '5', null])
    press(input, 'Delete')
    expect(typed()).toEqual([null, null, null, null])
    sheet.outbox.stop()
    wrapper.unmount()
  })

  it('stores a typed total as what it adds', async () => {
    const { input, wrapper } = await grid()
    press(input, 'ArrowRight')
    type(input, '37')
    press(input, 'Enter')
    expect(sheet.lines.value[0]?.current).toBe('27')
    expect(sheet.outbox.waiting().map((e) => [e.field, e.mine])).toEqual([['current', '27']])
    sheet.outbox.stop()
    wrapper.unmount()
  })

  it('takes the two figures of a rate apart, and a level by its label or its place', async () => {
    const { input, wrapper } = await grid()
    const [rate, label, place, wrong] = sheet.lines.value
    if (!rate || !label || !place || !wrong) throw new Error('four lines')
    rate.cell = { ...rate.cell, accumulation: 'snapshot', kind: 'ratio' }
    for (const line of [label, place, wrong])
      line.cell = { ...line.cell, accumulation: 'snapshot', kind: 'ordinal', levels: ['劣Ⅴ', 'Ⅴ', 'Ⅳ'] }
    paste(input, '2\t3.25\r\n\tⅤ\r\n\t3\r\n\t4\r\n')
    expect(sheet.outbox.waiting().map((e) => [e.report, e.field, e.mine])).toEqual([
      ['r1', 'numerator', '2'],
      ['r1', 'denominator', '3.25'],
      ['r2', 'value', '2'],
      ['r3', 'value', '3'],
    ])
    expect(wrong.marks.value).toMatchObject({ kind: 'invalid', text: '请填等级：劣Ⅴ、Ⅴ、Ⅳ' })
    expect([rate.current, rate.value]).toEqual(['2', '3.25'])
    expect(sheet.write(rate, 'current', '=')).not.toBeNull()
    expect(rate.marks.current?.text).toBe('比率请分别填分子和分母')
    sheet.outbox.stop()
    wrapper.unmount()
  })

  it('takes what is typed beside a snapshot as the snapshot', async () => {
    const { input, wrapper } = await grid()
    const line = sheet.lines.value[1]
    if (line) line.cell = { ...line.cell, accumulation: 'snapshot' }
    type(input, '1')
    press(input, 'Enter')
    type(input, '95')
    press(input, 'Enter')
    type(input, '3')
    press(input, 'Enter')
    expect(sheet.outbox.waiting().map((e) => [e.report, e.field, e.mine])).toEqual([
      ['r1', 'current', '1'],
      ['r2', 'value', '95'],
      ['r3', 'current', '3'],
    ])
    sheet.outbox.stop()
    wrapper.unmount()
  })

  it('names the active cell for screen readers', async () => {
    const { input, wrapper } = await grid()
    expect(input.attributes('aria-label')).toBe('事项1 户数 本期数 空 待填')
    press(input, 'Tab')
    expect(input.attributes('aria-label')).toBe('事项2 户数 本期数 空 待填')
    wrapper.unmount()
  })
})
