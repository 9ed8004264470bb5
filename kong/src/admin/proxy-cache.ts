/** The cache of the plugin proxy-cache: seen and emptied. Source: Kong 3.9, plugins/proxy-cache/api.lua. */
import { responseCacheOf, type StoredAnswer } from '../plugins/proxy-cache/response-cache.ts'
import { type AdminAnswer, nginxPage, noContent, ok } from './answer.ts'
import type { AdminRoute, Call } from './routes.ts'

const entry = { GET: showEntry, DELETE: deleteEntry }

export const proxyCacheRoutes: readonly AdminRoute[] = [
  { path: '/proxy-cache', methods: { DELETE: emptyCache } },
  { path: '/proxy-cache/:key', methods: entry },
  { path: '/proxy-cache/:plugin/caches/:key', methods: entry },
]

const cacheOf = ({ gateway }: Call) => responseCacheOf(gateway.configuration)

function emptyCache(call: Call): AdminAnswer {
  cacheOf(call).clear()
  return noContent
}

function showEntry(call: Call): AdminAnswer {
  const stored = cacheOf(call).get(call.parameters.key ?? '', call.gateway.worker.now() / 1000)
  return stored ? ok(describe(stored)) : nginxPage(404)
}

function deleteEntry(call: Call): AdminAnswer {
  return cacheOf(call).delete(call.parameters.key ?? '') ? noContent : nginxPage(404)
}

function describe({ status, headers, body, timestamp, ttl }: StoredAnswer): object {
  const shown: Record<string, string> = {}
  for (let i = 0; i < headers.length; i += 2) shown[headers[i] as string] = headers[i + 1] as string
  return { status, headers: shown, body: body.toString('utf8'), body_len: body.length, timestamp, ttl, version: 1 }
}
