import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { api, type BatchResult, type ReportChange } from '@/api'
import { openStore } from '@/api/store'
import { changesOf, Outbox, type Entry } from '@/features/reports/outbox'

const server = setupServer()
const sent: ReportChange[][] = []
const headers: Headers[] = []
const answer = (over: Partial<BatchResult>): BatchResult => ({
  report_id: 'r1',
  outcome: 'applied',
  version: 2,
  report: null,
  code: null,
  detail: null,
  errors: [],
  conflicts: [],
  ...over,
})
function serverAnswers(...replies: (BatchResult[] | 'down' | 503)[]): void {
  let n = 0
  server.use(
    http.post('*/api/v1/reports:batch', async ({ request }) => {
      headers.push(request.headers)
      sent.push(((await request.json()) as { changes: ReportChange[] }).changes)
      const reply = replies[Math.min(n, replies.length - 1)]
      n += 1
      if (reply === 'down') return HttpResponse.error()
      if (reply === 503) return new HttpResponse('<html>', { status: 503 })
      return HttpResponse.json({ results: reply })
    }),
  )
}
beforeAll(() => server.listen())
afterAll(() => server.close())
const store = openStore<Entry>('outbox')
const boxes: Outbox[] = []
beforeEach(async () => {
  sent.length = 0
  headers.length = 0
  for (const e of await store.all()) await store.remove(e.key)
})
afterEach(() => {
  server.resetHandlers()
  for (const box of boxes.splice(0)) box.stop()
})
function box(owner = 'u1'): Outbox {
  const made = new Outbox(
    owner,
    store,
    (changes) => api.saveReports(changes),
    { taken: () => undefined, failed: () => undefined, changed: () => undefined },
    60_000,
  )
  boxes.push(made)
  return made
}
const write = (mine: string | null, base: string | null = null, target = 't1') =>
  ({ report: 'r1', target, field: 'current', mine, base, version: 1 }) as const

describe('outbox', () => {
  it('sends one value for two writes to one cell, with what was seen first as its base', async () => {
    serverAnswers([answer({})])
    const b = box()
    b.put(write('1', '9'))
    b.put(write('12', '1'))
    await b.flush()
    expect(sent).toEqual([
      [{ report_id: 'r1', base_version: 1, values: [{ target_id: 't1', current: '12', base: { current: '9' } }] }],
    ])
    expect(b.entries.size).toBe(0)
    expect(await store.all()).toEqual([])
    expect(headers[0]?.get('x-minsheng-client')).toBe('web')
    expect(headers[0]?.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('keeps a conflict with the value of the server and sends it no more until a person decides', async () => {
    serverAnswers(
      [
        answer({
          outcome: 'conflict',
          version: 5,
          conflicts: [
            { target_id: 't1', field: 'current', mine: '2', theirs: '3', at: '2026-11-22T02:30:00Z', by: '李砚' },
          ],
        }),
      ],
      [answer({ version: 6 })],
    )
    const b = box()
    const entry = b.put(write('2'))
    await b.flush()
    await b.flush()
    expect(sent.length).toBe(1)
    expect(b.conflicts()).toEqual([
      { ...entry, state: 'conflict', theirs: '3', by: '李砚', when: '2026-11-22T02:30:00Z', version: 5 },
    ])
    const held = b.conflicts()[0] as Entry
    b.keepMine(held)
    await b.flush()
    expect(sent[1]).toEqual([
      { report_id: 'r1', base_version: 5, values: [{ target_id: 't1', current: '2', base: { current: '3' } }] },
    ])
    expect(b.entries.size).toBe(0)
  })

  it('marks only the cell an error points at and sends the rest of the row again', async () => {
    serverAnswers(
      [
        answer({
          outcome: 'refused',
          version: 1,
          errors: [{ pointer: '/values/1/current', code: 'range', message: '超出范围' }],
        }),
      ],
      [answer({ version: 2 })],
    )
    const b = box()
    b.put(write('1', null, 't1'))
    b.put(write('2', null, 't2'))
    await b.flush()
    await b.flush()
    expect(sent.map((changes) => changes[0]?.values?.map((v) => v.target_id))).toEqual([['t1', 't2'], ['t1']])
    expect([...b.entries.values()].map((e) => [e.target, e.state, e.message])).toEqual([['t2', 'refused', '超出范围']])
  })

  it.each(['down', 503] as const)('keeps everything when the line is %s, also over a reload', async (reply) => {
    serverAnswers(reply)
    const b = box()
    b.put(write('7'))
    await b.flush()
    expect(b.offline).toBe(true)
    expect(b.waiting().map((e) => e.mine)).toEqual(['7'])
    b.stop()
    const later = box()
    const stranger = box('u2')
    await later.restore()
    await stranger.restore()
    expect(later.waiting().map((e) => e.mine)).toEqual(['7'])
    expect(stranger.waiting()).toEqual([])
  })

  it('a value typed while the request is under way goes next, based on the one just stored', async () => {
    const b = box()
    let n = 0
    server.use(
      http.post('*/api/v1/reports:batch', async ({ request }) => {
        sent.push(((await request.json()) as { changes: ReportChange[] }).changes)
        n += 1
        if (n === 1) b.put(write('8', '5'))
        return HttpResponse.json({ results: [answer({ version: n + 1 })] })
      }),
    )
    b.put(write('7'))
    await b.flush()
    expect(sent.map((c) => c[0]?.values?.[0])).toEqual([
      { target_id: 't1', current: '7', base: { current: null } },
      { target_id: 't1', current: '8', base: { current: '7' } },
    ])
    expect(b.entries.size).toBe(0)
  })

  it('whoever waits for a flush waits for what is under way and for what came meanwhile', async () => {
    serverAnswers([answer({ version: 2 })], [answer({ version: 3 })])
    const b = box()
    b.put(write('7'))
    void b.flush()
    b.put(write('8', null, 't2'))
    await b.flush()
    expect(sent.map((c) => c[0]?.values?.map((v) => v.target_id))).toEqual([['t1'], ['t2']])
    expect(b.entries.size).toBe(0)
  })

  it('gathers figures and words of a row in one change', () => {
    const b = box()
    b.put(write('7'))
    b.put({ report: 'r1', target: 't1', field: 'fall_reason', mine: '核减', base: null, version: 1 })
    b.put({ report: 'r1', target: '', field: 'cause_code', mine: 'land', base: null, version: 2 })
    expect(changesOf(b.waiting())).toEqual([
      {
        report_id: 'r1',
        base_version: 2,
        values: [{ target_id: 't1', current: '7', base: { current: null }, fall_reason: '核减' }],
        cause_code: 'land',
      },
    ])
  })
})
