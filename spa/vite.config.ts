import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
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

/** Each file of the built application beside itself in smaller, so that no server compresses it at each request. */
function compressed(): Plugin {
  return {
    name: 'gatehouse-compressed',
    apply: 'build',
    async writeBundle({ dir = 'dist' }) {
      const assets = join(dir, 'assets')
      for (const name of await readdir(assets)) {
        const file = join(assets, name)
        const bytes = await readFile(file)
        await writeFile(`${file}.br`, brotliCompressSync(bytes))
        await writeFile(`${file}.gz`, gzipSync(bytes, { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  plugins: [react(), withoutBackend(), compressed()],
  // The registered redirect URI names this host and port: another port would fail later and less clearly.
  server: { host: 'localhost', port: 3000, strictPort: true },
  worker: { format: 'es' },
  build: { target: 'es2022', sourcemap: false },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
})
