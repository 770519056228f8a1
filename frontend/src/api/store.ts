/** A keyed store on this machine. Memory stands in where the browser forbids IndexedDB (private windows, old policies). */
export interface Store<V> {
  all(): Promise<V[]>
  get(key: string): Promise<V | undefined>
  put(value: V): Promise<void>
  remove(key: string): Promise<void>
}
type Name = 'outbox' | 'sheets'

/** A request of IndexedDB as a promise: the four verbs below need no library. */
function settled<R>(request: IDBRequest<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'))
  })
}

let opened: Promise<IDBDatabase> | undefined
function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('minsheng', 1)
    request.onupgradeneeded = () => {
      for (const name of ['outbox', 'sheets'] satisfies Name[])
        request.result.createObjectStore(name, { keyPath: 'key' })
    }
    settled(request).then(resolve, reject)
  })
  return opened
}

export function openStore<V extends { key: string }>(name: Name): Store<V> {
  const memory = new Map<string, V>()
  async function attempt<R>(
    mode: IDBTransactionMode,
    work: (rows: IDBObjectStore) => IDBRequest<R>,
    otherwise: () => R,
  ): Promise<R> {
    try {
      return await settled(work((await database()).transaction(name, mode).objectStore(name)))
    } catch {
      return otherwise()
    }
  }
  return {
    all: () =>
      attempt(
        'readonly',
        (rows) => rows.getAll() as IDBRequest<V[]>,
        () => [...memory.values()],
      ),
    get: (key) =>
      attempt(
        'readonly',
        (rows) => rows.get(key) as IDBRequest<V | undefined>,
        () => memory.get(key),
      ),
    put: async (value) => {
      await attempt<IDBValidKey | undefined>(
        'readwrite',
        (rows) => rows.put(value) as IDBRequest,
        () => void memory.set(value.key, value),
      )
    },
    remove: async (key) => {
      await attempt<undefined>(
        'readwrite',
        (rows) => rows.delete(key),
        () => void memory.delete(key),
      )
    },
  }
}
