/**
 * The one function that talks to the server and knows the house rules of the contract (problem+json, If-Match, idempotency,
 * the client header that cookie sessions need on unsafe methods). Addresses, queries and bodies are checked against the
 * generated types: an operation that changed in the contract no longer compiles. Screens call the operations in `index.ts`.
 */
import type { FieldError, Problem } from './types'

/** A refusal of the server, or the absence of one (`network`), as the contract words it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly errors: FieldError[] = [],
  ) {
    super(detail || title)
  }
  /** The request never reached the server, so the same words may be sent again. */
  get offline(): boolean {
    return this.status === 0
  }
}

type Value = string | number | boolean | null | undefined
/** What the generated `…Data` type of every operation has. */
export interface Operation {
  url: string
  path?: unknown
  query?: unknown
  body?: unknown
}
export type Given<O extends Operation> = Pick<O, Extract<keyof O, 'path' | 'query' | 'body'>>
export interface Extra {
  /** Row version as read; sent as If-Match so that two people never overwrite each other silently. */
  version?: number
  /** Same key, same effect: give it when a call may be repeated after a lost answer. */
  idempotencyKey?: string
  /** A body that is not JSON. */
  contentType?: string
  headers?: Record<string, string>
}

let onUnauthorised: () => void = () => undefined
/** The app sends the person to the login page; the client must not know the router. */
export function whenUnauthorised(handler: () => void): void {
  onUnauthorised = handler
}

/** UUID v4 from getRandomValues: `crypto.randomUUID` does not exist on plain-HTTP intranets. */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export async function call<O extends Operation, Out>(
  method: Method,
  url: O['url'],
  given: Given<O>,
  extra: Extra = {},
): Promise<Out> {
  const { path, query, body } = given as {
    path?: Record<string, string>
    query?: Record<string, Value>
    body?: unknown
  }
  const headers: Record<string, string> = { Accept: 'application/json', ...extra.headers }
  if (method !== 'GET') headers['X-Minsheng-Client'] = 'web'
  if (extra.version !== undefined) headers['If-Match'] = `"${extra.version}"`
  if (extra.idempotencyKey) headers['Idempotency-Key'] = extra.idempotencyKey
  if (body !== undefined) headers['Content-Type'] = extra.contentType ?? 'application/json'
  let response: Response
  try {
    response = await fetch(fillPath(url, path) + queryString(query), {
      method,
      headers,
      body: body === undefined ? undefined : extra.contentType ? (body as string) : JSON.stringify(body),
      credentials: 'same-origin',
    })
  } catch {
    throw new ProblemError(0, 'network', '连不上服务器', '连不上服务器。已填的内容存在本机，网络恢复后会自动发送。')
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Out
  const problem = await readProblem(response)
  // A refused log-in is an answer to the person, not the end of a session.
  if (response.status === 401 && !url.endsWith('/session')) onUnauthorised()
  throw problem
}

/** Fetches a file that the server makes and hands it to the person; a refusal is a problem like any other. */
export async function download(url: string): Promise<void> {
  const response = await fetch(url, { credentials: 'same-origin' }).catch(() => {
    throw new ProblemError(0, 'network', '连不上服务器', '连不上服务器，请稍后再试。')
  })
  if (!response.ok) throw await readProblem(response)
  const named = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('Content-Disposition') ?? '')
  const made = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = made
  link.download = named?.[1] ? decodeURIComponent(named[1]) : ''
  link.click()
  URL.revokeObjectURL(made)
}

function fillPath(url: string, path: Record<string, string> = {}): string {
  return url.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''))
}

function queryString(query: Record<string, Value> = {}): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  const text = params.toString()
  return text ? `?${text}` : ''
}

async function readProblem(response: Response): Promise<ProblemError> {
  try {
    const p = (await response.json()) as Partial<Problem>
    return new ProblemError(
      response.status,
      p.code ?? 'unknown',
      p.title ?? '',
      p.detail ?? p.title ?? `服务器没有说明原因（${response.status}）`,
      p.errors ?? [],
    )
  } catch {
    // A gateway in front answers HTML while the service restarts; for the person that is the same as no connection.
    const gateway = response.status === 502 || response.status === 503 || response.status === 504
    return new ProblemError(
      gateway ? 0 : response.status,
      gateway ? 'network' : 'unknown',
      '',
      gateway ? '服务正在重新启动，请稍候再试。' : `服务器出错（${response.status}），请稍后再试。`,
    )
  }
}
