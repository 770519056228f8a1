// Chromium 80-87 drop a whole rule when they meet one of these, so a page would lose its look silently.
import { readdirSync, readFileSync } from 'node:fs'

const banned = /:where\(|:is\(|:has\(|[;{\s]inset(?:-inline|-block)?:|aspect-ratio:/g
let bad = 0
for (const name of readdirSync('dist/assets').filter((n) => n.endsWith('.css'))) {
  const hits = readFileSync(`dist/assets/${name}`, 'utf8').match(banned)
  if (hits) {
    bad += 1
    console.error(`${name}: ${[...new Set(hits)].join(' ')}`)
  }
}
if (bad) process.exit(1)
console.log('css-check: nothing newer than Chromium 80')
