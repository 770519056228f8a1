// The API pages must open on an intranet without any outside request, so their files are shipped with the client.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const out = 'dist/docs-assets'
mkdirSync(out, { recursive: true })
for (const [from, to] of [
  ['swagger-ui-dist/swagger-ui-bundle.js', 'swagger-ui-bundle.js'],
  ['swagger-ui-dist/swagger-ui.css', 'swagger-ui.css'],
  ['swagger-ui-dist/favicon-32x32.png', 'favicon-32x32.png'],
  ['redoc/bundles/redoc.standalone.js', 'redoc.standalone.js'],
])
  copyFileSync(`node_modules/${from}`, `${out}/${to}`)
// Redoc fetches the logo of its makers; ours stands there instead.
const redoc = `${out}/redoc.standalone.js`
const LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg'
const text = readFileSync(redoc, 'utf8')
if (!text.includes(LOGO)) throw new Error('redoc changed: look for what it fetches from elsewhere')
writeFileSync(redoc, text.replaceAll(LOGO, '/emblem.svg'))
console.log('docs-assets: swagger-ui and redoc copied')
