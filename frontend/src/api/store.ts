import { openDB, type IDBPDatabase } from 'idb'

/** A keyed store on this machine. Memory stands in where the browser forbids IndexedDB (private windows, old policies). */
export interface Store<V> {
  all(): Promise<V[]>
  get(key: string): Promise<V | undefined>
  put(value: V): Promise<void>
  remove(key: string): Promise<void>
}

let opened: Promise<IDBPDatabase> | undefined
function database(): Promise<IDBPDatabase> {
  opened ??= openDB('minsheng', 1, {
    upgrade(db) {
      db.createObjectStore('outbox', { keyPath: 'key' })
      db.createObjectStore('sheets', { keyPath: 'key' })
    },
  })
  return opened
}

export function openStore<V extends { key: string }>(name: 'outbox' | 'sheets'): Store<V> {
  const memory = new Map<string, V>()
  const attempt = async <R>(work: (db: IDBPDatabase) => Promise<R>, otherwise: () => R): Promise<R> => {
    try {
      return await work(await database())
    } catch {
      return otherwise()
    }
  }
  return {
    all: () =>
      attempt(
        (db) => db.getAll(name) as Promise<V[]>,
        () => [...memory.values()],
      ),
    get: (key) =>
      attempt(
        (db) => db.get(name, key) as Promise<V | undefined>,
        () => memory.get(key),
      ),
    put: (value) =>
      attempt(
        async (db) => void (await db.put(name, value)),
        () => void memory.set(value.key, value),
      ),
    remove: (key) =>
      attempt(
        (db) => db.delete(name, key),
        () => void memory.delete(key),
      ),
  }
}
