// The generated types are committed so that a reader sees them; this says when they are older than the contract.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const KEPT = 'src/api/gen'
const fresh = mkdtempSync(join(tmpdir(), 'minsheng-gen-'))
const run = spawnSync(process.execPath, ['node_modules/@hey-api/openapi-ts/bin/run.js'], {
  env: { ...process.env, MINSHENG_GEN: fresh },
  encoding: 'utf8',
})
const files = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile())
const contents = (folder) =>
  files(folder)
    .map((f) => join(f.parentPath, f.name))
    .sort()
    .map((path) => path.slice(folder.length) + '\n' + readFileSync(path, 'utf8'))
    .join('\n')
const same = run.status === 0 && contents(fresh) === contents(KEPT)
rmSync(fresh, { recursive: true, force: true })
if (run.status !== 0) console.error(run.stdout + run.stderr)
else if (!same) console.error(`${KEPT} does not match openapi/openapi.json: run "make contract" and commit the result`)
else console.log('api-check: generated types match the contract')
process.exit(same ? 0 : 1)
