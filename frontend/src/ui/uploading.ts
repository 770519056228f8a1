import { ref } from 'vue'
import { api, ProblemError, uuid, type Attachment } from '@/api/daily'
import { Sha256 } from './sha256'

/** Where a file is to hang. */
export type Place = { report_id: string } | { milestone_id: string }
export interface Upload {
  id: string
  file: File
  /** 0–100. */
  percent: number
  problem: unknown
  busy: boolean
}
/** Sent in one request; the server counts the hash itself. */
const SMALL = 1024 * 1024
/** Small enough that a weak rural line loses little when it breaks. */
const PIECE = 512 * 1024

async function hashOf(file: File): Promise<string> {
  const hash = new Sha256()
  for (let at = 0; at < file.size; at += SMALL) hash.add(new Uint8Array(await file.slice(at, at + SMALL).arrayBuffer()))
  return hash.done()
}

/** Brings a file's content to the server in pieces, goes on where it stopped, and returns the hash it is known by. */
export async function store(file: File, going: (offset: number) => void): Promise<string> {
  const sha256 = await hashOf(file)
  let { offset, complete } = await api.beginUpload(sha256, file.size)
  while (!complete) {
    ;({ offset, complete } = await api.appendUpload(sha256, offset, file.slice(offset, offset + PIECE)))
    going(offset)
  }
  return sha256
}

/** Files on their way to one place: each goes on where it stopped, after a broken line as after a closed page. */
export function useUploading(place: () => Place, done: (attachment: Attachment) => void) {
  const uploads = ref<Upload[]>([])
  const one = (id: string): Upload | undefined => uploads.value.find((u) => u.id === id)

  async function send(id: string, file: File): Promise<Attachment> {
    if (file.size <= SMALL) return api.uploadSmall({ ...place(), name: file.name }, file)
    const sha256 = await store(file, (offset) => {
      const now = one(id)
      if (!now) throw new ProblemError(0, 'given-up', '', '')
      now.percent = Math.floor((offset / file.size) * 100)
    })
    return api.attachments.create({ ...place(), name: file.name, sha256 })
  }
  async function run(id: string): Promise<void> {
    const now = one(id)
    if (!now || now.busy) return
    now.busy = true
    now.problem = undefined
    try {
      done(await send(id, now.file))
      drop(id)
    } catch (caught) {
      const left = one(id)
      if (left) {
        left.problem = caught
        left.busy = false
      }
    }
  }
  async function add(files: Iterable<File>): Promise<void> {
    const fresh = [...files].map((file): Upload => ({ id: uuid(), file, percent: 0, problem: undefined, busy: false }))
    uploads.value.push(...fresh)
    // One after the other: on a weak line many at once would all be slow.
    for (const { id } of fresh) await run(id)
  }
  function drop(id: string): void {
    uploads.value = uploads.value.filter((u) => u.id !== id)
  }
  return { uploads, add, run, drop }
}
