import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import ElementPlus from 'unplugin-element-plus/vite'
import { serviceWorker } from './build/service-worker.js'

// Offices run 360 and QQ browsers on old engines; Vite's own default (Chrome 111) would give them a blank page.
const browsers = ['chrome80', 'edge80', 'firefox78', 'safari14']

// Another address serves people who run the API elsewhere or a mock of it.
const api = { '/api': process.env.MINSHENG_API ?? 'http://127.0.0.1:8000' }

export default defineConfig({
  plugins: [
    vue(),
    // Only the kit's components are resolved by name; our own are imported by hand so that a reader can follow them.
    Components({ dirs: [], dts: 'src/components.d.ts', resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
    ElementPlus({}),
    serviceWorker(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: browsers,
    cssTarget: browsers,
    manifest: true,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // The shell, its small parts and the entry grid's needs travel together: few requests on a slow line.
            {
              name: 'base',
              test: /node_modules[\\/](@vue[\\/](?!devtools)|vue[\\/]|vue-router|pinia|@pinia)|src[\\/](api)[\\/]/,
            },
            // Everything in ui/ except what carries the kit or what only the desks of the offices need; a dozen 1 KB files
            // would cost a round trip each.
            {
              name: 'parts',
              test: /src[\\/]ui[\\/](?!UnitPicker|DataTable|KeyList|en[\\/]|TreeList|tree\.|FormField|Segments|ReasonDialog|SidePanel|saving|codes)/,
            },
            {
              name: 'forms',
              test: /src[\\/]ui[\\/](?:TreeList|tree\.|FormField|Segments|ReasonDialog|SidePanel|saving|codes)/,
            },
          ],
        },
      },
    },
  },
  server: { proxy: api },
  preview: { proxy: api },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    maxWorkers: 2,
  },
})
