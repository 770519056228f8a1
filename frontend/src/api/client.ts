/**
 * Thin fetch client: one function that knows the house rules of the contract (problem+json, ETag/If-Match, idempotency,
 * the client header that cookie sessions need on unsafe methods). Screens call the named operations in `index.ts`.
 */
import type { FieldError } from './types'

const BASE = '/api/v1'

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

export interface CallOptions {
  query?: Record<string, string | number | boolean | null | undefined>
  body?: unknown
  /** Row version as read; sent as If-Match so that two people never overwrite each other silently. */
  version?: number
  /** Same key, same effect: give it when a call may be repeated after a lost answer. */
  idempotencyKey?: string
  headers?: Record<string, string>
  signal?: AbortSignal
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

export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers }
  if (method !== 'GET') headers['X-Minsheng-Client'] = 'web'
  if (options.version !== undefined) headers['If-Match'] = `"${options.version}"`
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey
  let body: string | undefined
  if (typeof options.body === 'string') body = options.body
  else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json'
    body = JSON.stringify(options.body)
  }
  let response: Response
  try {
    response = await fetch(BASE + path + queryString(options.query), {
      method,
      headers,
      body,
      credentials: 'same-origin',
      signal: options.signal,
    })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ProblemError(0, 'network', '连不上服务器', '连不上服务器。已填的内容存在本机，网络恢复后会自动发送。')
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
  const problem = await readProblem(response)
  if (response.status === 401 && path !== '/session') onUnauthorised()
  throw problem
}

function queryString(query: CallOptions['query']): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  const text = params.toString()
  return text ? `?${text}` : ''
}

async function readProblem(response: Response): Promise<ProblemError> {
  try {
    const p = (await response.json()) as Partial<ProblemError>
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
