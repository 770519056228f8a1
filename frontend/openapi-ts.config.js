import { defineConfig } from '@hey-api/openapi-ts'

export default defineConfig({
  input: '../openapi/openapi.json',
  output: { path: 'src/api/gen' },
  plugins: [
    '@hey-api/typescript',
    '@hey-api/client-fetch',
    '@hey-api/sdk',
    { name: 'zod', compatibilityVersion: 'mini' },
    '@pinia/colada',
  ],
})
