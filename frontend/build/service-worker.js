import { createHash } from 'node:crypto'

/**
 * Emits sw.js: every built file is stored under one cache named after the build, pages are network first, and the API is
 * never touched (the outbox and the sheet cache own offline data). Written by hand because the usual plugin pulls in a
 * second bundler.
 */
export function serviceWorker() {
  return {
    name: 'minsheng-service-worker',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle)
        .filter((name) => /\.(js|css|svg)$/.test(name))
        .map((name) => '/' + name)
        .sort()
      const build = createHash('sha256').update(files.join()).digest('hex').slice(0, 12)
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: worker(build, ['/', '/emblem.svg', ...files]) })
    },
  }
}

// Module scripts carry an Origin header and addAll does not: without ignoreVary a server's `Vary: Origin` hides every file.
function worker(build, files) {
  return `const NAME = 'minsheng-${build}', FILES = ${JSON.stringify(files)}
self.addEventListener('install', (e) => e.waitUntil(caches.open(NAME).then((c) => c.addAll(FILES)).then(() => self.skipWaiting())))
self.addEventListener('activate', (e) => e.waitUntil(caches.keys().then((keys) => Promise.all(keys.filter((k) => k !== NAME).map((k) => caches.delete(k)))).then(() => self.clients.claim())))
self.addEventListener('fetch', (e) => {
  const url = new URL(e.request.url)
  if (e.request.method !== 'GET' || url.origin !== location.origin || /^\\/(api|docs|redoc|problems|openapi|livez|readyz|metrics)/.test(url.pathname)) return
  if (e.request.mode === 'navigate') e.respondWith(fetch(e.request).catch(() => caches.match('/')))
  else e.respondWith(caches.match(e.request, { ignoreVary: true }).then((hit) => hit || fetch(e.request)))
})
`
}
