import { call, uuid, type Operation } from './client'
import type * as T from './types'

export type QueryOf<O extends Operation> = NonNullable<O['query']>
/** What a collection takes and gives; `change` is absent where rows are never changed in place. */
interface Shapes {
  row: T.Entity
  list: Operation
  create: Operation
  change: Operation
}

/** list · get · create · change for one collection, plus its moves. */
export function collection<S extends Shapes>(url: S['list']['url'] & S['create']['url']) {
  type Row = S['row']
  const one = `${url}/{id}`
  const at = (row: T.Entity): { id: string } => ({ id: row.id })
  return {
    list: (query?: QueryOf<S['list']>) => call<Operation, T.Page<Row>>('GET', url, { query }),
    get: (id: string) => call<Operation, Row>('GET', one, { path: { id } }),
    create: (body: S['create']['body'], idempotencyKey = uuid()) =>
      call<Operation, Row>('POST', url, { body }, { idempotencyKey }),
    change: (row: T.Entity, body: S['change']['body']) =>
      call<Operation, Row>('PATCH', one, { path: at(row), body }, { version: row.version }),
    /** A life-cycle move: its verb is its URL and its button. */
    move: (row: T.Entity, verb: string, body?: object) =>
      call<Operation, Row>('POST', `${one}/${verb}`, { path: at(row), body }, { version: row.version }),
  }
}

/** Reads every page of a list that is short by nature (units of a county, roles); never for reports. */
export async function all<E, Q extends { limit?: number; cursor?: string | null }>(
  list: (query?: Q) => Promise<T.Page<E>>,
  query?: Q,
): Promise<E[]> {
  const rows: E[] = []
  let cursor: string | null = null
  do {
    const page: T.Page<E> = await list({ ...query, limit: 1000, cursor } as Q)
    rows.push(...page.items)
    cursor = page.next
  } while (cursor)
  return rows
}

export const refs = (rows: T.Entity[]): T.Entity[] => rows.map(({ id, version }) => ({ id, version }))

/** A refusal without field errors still has a sentence; it is shown where the errors would be. */
export function reasoned<R extends Pick<T.MoveResult, 'errors' | 'code' | 'detail'>>(result: R): R {
  if (result.errors.length || !result.detail) return result
  return { ...result, errors: [{ pointer: '', code: result.code ?? 'refused', message: result.detail }] }
}
