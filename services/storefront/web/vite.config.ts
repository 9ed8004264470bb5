import { defineConfig } from 'vite'

/** Two apps from one folder: each HTML file is an entry, and what both import is one chunk. */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2023',
    // Everything is a file of its own: the Content-Security-Policy allows nothing inline, not even a data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Says which chunk needs which; the test of the first page's size reads it.
    manifest: 'manifest.json',
    reportCompressedSize: false,
    rolldownOptions: {
      input: { shop: 'shop/index.html', admin: 'admin/index.html' },
      // Libraries say "use client" for frameworks that also draw on a server; here all is the client.
      onLog: (level, log, report) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && report(level, log),
    },
  },
  // `npm run dev -w services/storefront`: the apps with hot reload, the API from a shop that `npm start` runs.
  server: {
    port: 5173,
    proxy: { '/v1': { target: 'http://127.0.0.1:8000', ws: true }, '/pictures': 'http://127.0.0.1:8000' },
  },
})
