// The API pages must open on an intranet without any outside request, so their files are shipped with the client.
import { copyFileSync, mkdirSync } from 'node:fs'

const out = 'dist/docs-assets'
mkdirSync(out, { recursive: true })
for (const [from, to] of [
  ['swagger-ui-dist/swagger-ui-bundle.js', 'swagger-ui-bundle.js'],
  ['swagger-ui-dist/swagger-ui.css', 'swagger-ui.css'],
  ['swagger-ui-dist/favicon-32x32.png', 'favicon-32x32.png'],
  ['redoc/bundles/redoc.standalone.js', 'redoc.standalone.js'],
])
  copyFileSync(`node_modules/${from}`, `${out}/${to}`)
console.log('docs-assets: swagger-ui and redoc copied')
