import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { createAuthentication, createLog } from '@portico/service-kit'
import { beforeAll, describe, expect, it } from 'vitest'
import { TrafficMemory } from '../admin/history.ts'
import { createStorefrontApp } from '../app.ts'
import { connectParts } from '../parts.ts'
import { connectSessions } from '../web-sessions/sessions.ts'
import { readBuiltFiles } from './files.ts'

const service = join(import.meta.dirname, '../..')
const folder = join(service, 'dist')
let app: ReturnType<typeof createStorefrontApp>

/** What the manifest of Vite says of a chunk. */
interface Chunk {
  readonly file: string
  readonly isEntry?: boolean
  readonly imports?: readonly string[]
}

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [join(service, 'build/build.ts')])
  const log = createLog('test', 'silent')
  const nowhere = 'http://127.0.0.1:9'
  app = createStorefrontApp({
    parts: connectParts({ orderUrl: nowhere, userUrl: nowhere }, log),
    sessions: connectSessions(nowhere),
    authentication: createAuthentication({ accessToken: () => Promise.reject(new Error('not asked for here')) }),
    operations: { services: {}, audit: {}, sources: [], memory: new TrafficMemory([]) },
    files: readBuiltFiles(folder),
    log,
  })
}, 180_000)

const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })
const manifest = () => JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Record<string, Chunk>

/** Every chunk that must be there before the app of an entry draws its first page. */
function chunksOf(entry: string): string[] {
  const chunks = manifest()
  const files = new Set<string>()
  const add = (name: string) => {
    const chunk = chunks[name]
    if (!chunk || files.has(chunk.file)) return
    files.add(chunk.file)
    for (const each of chunk.imports ?? []) add(each)
  }
  add(entry)
  return [...files]
}

describe('the pages', () => {
  it.each(['/', '/shop', '/shop/products/1', '/shop/a/b/c'])('are the shop at %s', async (path) => {
    const response = await get(path)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await response.text()).toBe(readFileSync(join(folder, 'shop/index.html'), 'utf8'))
  })

  it.each(['/admin', '/admin/orders/1'])('are the admin panel at %s', async (path) => {
    expect(await (await get(path)).text()).toBe(readFileSync(join(folder, 'admin/index.html'), 'utf8'))
  })

  it('are asked for anew each time, and given only when they have changed', async () => {
    const first = await get('/', { 'accept-encoding': 'gzip' })
    expect(first.headers.get('cache-control')).toBe('no-cache')
    const etag = first.headers.get('etag') ?? ''
    const again = await get('/', { 'accept-encoding': 'gzip', 'if-none-match': `"other", W/${etag}` })
    expect([again.status, await again.text()]).toEqual([304, ''])
  })

  it('let a browser load from here alone, and run and apply nothing that is inline', async () => {
    const { headers } = await get('/')
    const policy = headers.get('content-security-policy') ?? ''
    for (const part of ["default-src 'self'", "connect-src 'self'", "frame-ancestors 'none'", "object-src 'none'"]) {
      expect(policy).toContain(part)
    }
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('permissions-policy')).toContain('camera=()')
    for (const page of ['shop', 'admin']) {
      const html = readFileSync(join(folder, page, 'index.html'), 'utf8')
      expect(html).not.toMatch(/<script(?![^>]* src=)|<style|style=|\son\w+=|https?:/)
    }
  })
})

describe('the assets', () => {
  it('are kept for a year, since their names change with them', async () => {
    const file = chunksOf('shop/index.html')[0]
    const response = await get(`/${file}`)
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  })

  it.each([
    ['gzip, br', 'br', brotliDecompressSync],
    ['gzip;q=0.5, br;q=0', 'gzip', gunzipSync],
    ['identity', null, (bytes: Uint8Array) => Buffer.from(bytes)],
  ] as const)('come as the client takes them: %s', async (accepted, encoding, unpack) => {
    const path = `/${chunksOf('shop/index.html')[0]}`
    const response = await get(path, { 'accept-encoding': accepted })
    expect([response.headers.get('content-encoding'), response.headers.get('vary')]).toEqual([
      encoding,
      'Accept-Encoding',
    ])
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(unpack(bytes).equals(readFileSync(join(folder, path)))).toBe(true)
  })

  it.each(['/assets/none.js', '/assets/%2e%2e/%2e%2e/package.json', '/pictures/X.svg', '/elsewhere'])(
    'that are not there are a 404, never a page: %s',
    async (path) => {
      const response = await get(path)
      expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    },
  )

  it('of the first page are less than 150 KiB of compressed JavaScript', () => {
    const bytes = chunksOf('shop/index.html').map((file) => {
      const packed = readBuiltFiles(folder).get(file)?.bodies
      return (packed?.br ?? packed?.identity ?? new Uint8Array()).byteLength
    })
    expect(bytes.length).toBeGreaterThan(1)
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(150 * 1024)
  })
})

it('has a small picture of its own for each product of the demo catalogue', () => {
  const pictures = [...readBuiltFiles(folder)].filter(([path]) => path.startsWith('pictures/'))
  expect(pictures.length).toBeGreaterThanOrEqual(60)
  expect(new Set(pictures.map(([, { hash }]) => hash)).size).toBe(pictures.length)
  for (const [, { bodies, type }] of pictures) {
    expect(type).toBe('image/svg+xml')
    expect(bodies.identity.byteLength).toBeLessThan(8192)
  }
})
