// Byte budgets are hard: an old office PC on a rural line is the machine this client is for.
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = { firstLoad: 90, base: 60, route: 150, dashboard: 260, allJs: 550 }
const ENTRY_ROUTE = 'src/features/reports/EntryScreen.vue'
const DASHBOARD = 'src/features/boards/'

const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))
const gz = (file) => gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length
const kb = (bytes) => (bytes / 1024).toFixed(1)

/** Everything the browser fetches to show one manifest entry: its chunk, static imports and style sheets. */
function closure(key, seen = new Set()) {
  const chunk = manifest[key]
  if (seen.has(chunk.file)) return seen
  seen.add(chunk.file)
  for (const css of chunk.css ?? []) seen.add(css)
  for (const next of chunk.imports ?? []) closure(next, seen)
  return seen
}
const sum = (files) => [...files].reduce((total, file) => total + gz(file), 0)

const base = closure('index.html')
const first = closure(ENTRY_ROUTE, new Set(base))
for (const file of base) first.add(file)
const shell = sum([...base].filter((f) => f.endsWith('.js')))
const failures = []
const gate = (label, bytes, budget) => {
  const over = bytes > budget * 1024
  if (over) failures.push(label)
  console.log(`${over ? 'OVER' : '  ok'}  ${label.padEnd(44)} ${kb(bytes).padStart(7)} KB gz  (budget ${budget})`)
}

gate(`first load of the entry screen, ${first.size + 1} requests`, sum(first) + gz('index.html'), BUDGET.firstLoad)
gate('base', shell, BUDGET.base)
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry || !key.startsWith('src/features')) continue
  const own = [...closure(key)].filter((f) => !base.has(f) && f.endsWith('.js'))
  gate(key.replace('src/features/', ''), sum(own), key.startsWith(DASHBOARD) ? BUDGET.dashboard : BUDGET.route)
}
const scripts = readdirSync('dist/assets').filter((n) => n.endsWith('.js'))
gate('all JS', sum(scripts.map((n) => `assets/${n}`)), BUDGET.allJs)
if (failures.length) process.exit(1)
