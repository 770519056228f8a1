/**
 * The least that Vue can do for a month of a township: the same sheet of the same server as a plain table, an <input> for
 * each figure, saved when one leaves it. No shell, no router, no words, no outbox: what the real screen is measured against.
 */
import { createApp, h, nextTick, reactive } from '/vue.js'

const headers = { 'Content-Type': 'application/json', 'X-Minsheng-Client': 'bare' }
const sheet = await (await fetch('/api/v1/entry-sheet?period=2026-11')).json()
const lines = reactive(
  sheet.rows.flatMap((row) => row.cells.map((cell) => ({ row, cell, text: cell.current ?? '', kept: false, saved: false }))),
)

async function save(line) {
  line.kept = true
  const values = [{ target_id: line.cell.target_id, current: line.text }]
  const changes = [{ report_id: line.row.id, base_version: line.row.version, values }]
  const answer = await fetch('/api/v1/reports:batch', { method: 'POST', headers, body: JSON.stringify({ changes }) })
  line.saved = answer.ok
}

const draw = (line) =>
  h('tr', { key: line.cell.target_id }, [
    h('th', line.row.item_code),
    h('th', line.row.item_title),
    h('td', line.cell.target_value),
    h('td', line.cell.measure_name),
    h('td', line.cell.plan_value),
    h('td', line.cell.previous),
    h('td', { class: { kept: line.kept, saved: line.saved } }, [
      h('input', {
        value: line.text,
        onInput: (event) => (line.text = event.target.value),
        onChange: () => save(line),
      }),
    ]),
    h('td', line.cell.value),
    h('td', line.cell.progress_pct),
    h('td', [h('input', { value: line.row.cause_code })]),
    h('td', [h('input', { value: line.row.cause_note })]),
  ])

createApp({ render: () => h('table', [h('tbody', lines.map(draw))]) }).mount('#app')
await nextTick()
const empty = lines.findIndex((line) => line.cell.accumulation === 'cumulative' && !line.text)
document.querySelectorAll('tr')[empty].querySelector('input').focus()
