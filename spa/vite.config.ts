import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/**
 * The development server has no backend behind it: it must say so with a 404, and not answer these paths with
 * `index.html`, or the page would take itself for the answer.
 */
function withoutBackend(): Plugin {
  return {
    name: 'gatehouse-without-backend',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '').split('?')[0] ?? ''
        if (path === '/config.json' || path === '/bff' || path.startsWith('/bff/')) {
          response.statusCode = 404
          response.setHeader('Content-Type', 'application/json')
          response.end('{"error":"not_found"}')
          return
        }
        next()
      })
    },
  }
}

export default defineConfig({
  plugins: [react(), withoutBackend()],
  // The registered redirect URI names this host and port: another port would fail later and less clearly.
  server: { host: 'localhost', port: 3000, strictPort: true },
  worker: { format: 'es' },
  build: { target: 'es2022', sourcemap: false },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
})
