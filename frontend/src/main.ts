import './compat'
import { PiniaColada } from '@pinia/colada'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import './ui/theme.css'
import App from './app/App.vue'
import { makeRouter } from './app/router'
import { applySettings } from './ui/settings'

applySettings()
const pinia = createPinia()
createApp(App).use(pinia).use(PiniaColada, {}).use(makeRouter()).mount('#app')

// Service workers exist only over https (and on localhost); without one the app works, it just needs the network to open.
if (import.meta.env.PROD && 'serviceWorker' in navigator)
  window.addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined))
