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
// The Host stays the browser's own: the server compares it with the Origin of every writing request.
const api = { '/api': { target: process.env.MINSHENG_API ?? 'http://127.0.0.1:8000', changeOrigin: false } }

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
            // The shell, its small parts and the entry grid's needs travel together: few requests on a slow line. What only
            // offices ask the server for does not.
            {
              name: 'base',
              priority: 3,
              test: /node_modules[\\/](@vue[\\/](?!devtools)|vue[\\/]|vue-router|pinia|@pinia)|src[\\/]api[\\/](?!index|people|programmes|plans|desk|boards|checks|money)/,
            },
            // The shell and everything small in ui/: a dozen 1 KB files would cost a round trip each. Not what carries the
            // kit, is fetched when asked for, or comes in the group below.
            {
              name: 'parts',
              priority: 2,
              test: /src[\\/](app[\\/](?!KeyHelp|NotFound)|ui[\\/](?!Attachments|ReportTalk|ReportVersions|ChangeTable|CheckFindings|FileDrop|JobProgress|job\.|saying|uploading|sha256|UnitPicker|DataTable|KeyList|TreeList|FormField|tree|saving|en[\\/]|cursor|TreeList|tree\.|FormField|Segments|ReasonDialog|SidePanel|Pager|LockMark|saving|Modal|LightHistory|states|yuan|Yuan|creditCode|today))/,
            },
            {
              name: 'offices',
              priority: 3,
              test: /src[\\/]api[\\/](index|people|programmes|plans|desk|boards|checks)/,
            },
            // Parts that only the desks of the offices use.
            {
              name: 'forms',
              test: /src[\\/]ui[\\/](TreeList|tree\.|FormField|Segments|ReasonDialog|SidePanel|Pager|LockMark|saving|Modal|LightHistory|states)/,
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
