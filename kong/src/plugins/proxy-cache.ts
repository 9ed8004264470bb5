import { array, boolean, integer, record, string, type Value } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { setEarlyHeader } from './early-headers.ts'
import type { Exit, Plugin } from './plugin.ts'
import { type Directives, directivesOf, lifetimeOf } from './proxy-cache/cache-control.ts'
import { cacheKey } from './proxy-cache/cache-key.ts'
import { includesMediaType } from './proxy-cache/media-type.ts'
import { MAX_BODY, responseCacheOf, type StoredAnswer } from './proxy-cache/response-cache.ts'

const METHODS = ['HEAD', 'GET', 'POST', 'PATCH', 'PUT'] as const
const STREAMS_TOO = ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'] as const

const schema = record({
  response_code: array(integer({ between: [100, 900] }), { required: true, default: [200, 301, 404], len_min: 1 }),
  request_method: array(string({ one_of: METHODS }), { required: true, default: ['GET', 'HEAD'] }),
  content_type: array(string(), { required: true, default: ['text/plain', 'application/json'] }),
  cache_ttl: integer({ default: 300, gt: 0 }),
  strategy: string({ required: true, one_of: ['memory'] }),
  cache_control: boolean({ required: true, default: false }),
  ignore_uri_case: boolean({ required: false, default: false }),
  storage_ttl: integer(),
  memory: record({ dictionary_name: string({ required: true, default: 'kong_db_cache' }) }),
  vary_query_params: array(string()),
  vary_headers: array(string()),
  response_headers: record({
    age: boolean({ default: true }),
    'X-Cache-Status': boolean({ default: true }),
    'X-Cache-Key': boolean({ default: true }),
  }),
})

type Config = Value<typeof schema>

/** Shared dictionaries that every Kong has. */
const DICTIONARIES = [
  ...['kong', 'kong_cluster_events', 'kong_core_db_cache', 'kong_core_db_cache_miss', 'kong_db_cache'],
  ...['kong_db_cache_miss', 'kong_healthchecks', 'kong_locks', 'kong_rate_limiting_counters', 'kong_secrets'],
  'prometheus_metrics',
]

/** Keeps answers of the upstream and gives them again. Spec: Kong Hub, proxy-cache. */
export const proxyCache = {
  name: 'proxy-cache',
  priority: 100,
  version: '3.9.1',
  schema,
  protocols: STREAMS_TOO,
  entity_checks: [{ custom_entity_check: { field_sources: ['config'], check: checkDictionary } }],
  access(exchange, config) {
    const asked = directivesOf(exchange.upstream.headers)
    if (!isCacheable(exchange, config, asked)) return mark(exchange, config, 'Bypass')
    const key = cacheKey(exchange, config)
    if (tells(exchange, config, 'X-Cache-Key')) setEarlyHeader(exchange, 'X-Cache-Key', key)
    const now = seconds(exchange)
    const stored = responseCacheOf(exchange.configuration).get(key, exchange.worker.now() / 1000)
    if (stored && isFresh(stored, config, asked, now)) return giveAgain(stored, exchange, config)
    if (!stored && config.cache_control && asked['only-if-cached']) return { kind: 'nginx', status: 504 }
    exchange.shared.set('proxy-cache', { key, pieces: [], size: 0, headers: [], ttl: 0 } satisfies Recording)
    return mark(exchange, config, stored ? 'Refresh' : 'Miss')
  },
  headerFilter(exchange, config) {
    const recording = recordingOf(exchange)
    const { response } = exchange
    if (!recording || !response) return
    const told = directivesOf(response.headers)
    const now = seconds(exchange)
    recording.ttl = config.cache_control ? lifetimeOf(told, response.headers, now) : (config.cache_ttl ?? 0)
    if (isStorable(exchange, config, told, recording.ttl)) {
      recording.headers = kept(response.headers.lines)
      if (exchange.request.method !== 'HEAD') return
    } else if (tells(exchange, config, 'X-Cache-Status')) {
      response.headers.set('X-Cache-Status', 'Bypass')
    }
    exchange.shared.delete('proxy-cache')
  },
  readsBody: (exchange) => recordingOf(exchange) !== undefined,
  bodyFilter(exchange, config, chunk, last) {
    const recording = recordingOf(exchange)
    if (!recording) return chunk
    recording.size += chunk.length
    if (recording.size > MAX_BODY) {
      exchange.shared.delete('proxy-cache')
      return chunk
    }
    if (chunk.length > 0) recording.pieces.push(Buffer.from(chunk))
    if (last) store(exchange, config, recording)
    return chunk
  },
} satisfies Plugin<typeof schema>

function checkDictionary({ config }: { readonly config: Config }): string | undefined {
  const name = config?.memory?.dictionary_name
  return name === undefined || DICTIONARIES.includes(name) ? undefined : `missing shared dict '${name}'`
}

/** An answer on its way that is to be stored. */
interface Recording {
  readonly key: string
  readonly pieces: Buffer[]
  size: number
  headers: readonly string[]
  ttl: number
}

function recordingOf({ shared }: Exchange): Recording | undefined {
  return shared.get('proxy-cache') as Recording | undefined
}

function seconds({ worker }: Exchange): number {
  return Math.floor(worker.now() / 1000)
}

/** Whether a header of the plugin's own is shown: where the configuration says so, and to whoever sends Kong-Debug. */
function tells({ upstream }: Exchange, config: Config, header: keyof Config['response_headers']): boolean {
  return config.response_headers[header] === true || upstream.headers.has('kong-debug')
}

function mark(exchange: Exchange, config: Config, status: string): undefined {
  if (tells(exchange, config, 'X-Cache-Status')) setEarlyHeader(exchange, 'X-Cache-Status', status)
}

function isCacheable({ upstream }: Exchange, config: Config, asked: Directives): boolean {
  if (!(config.request_method as readonly string[]).includes(upstream.method)) return false
  return !(config.cache_control && (asked['no-store'] || asked['no-cache']))
}

/** Whether a stored answer may still be given, and is fresh enough for this client. */
function isFresh({ timestamp, ttl }: StoredAnswer, config: Config, asked: Directives, now: number): boolean {
  const age = now - timestamp
  if (!config.cache_control) return age <= (config.cache_ttl ?? 0)
  const limit = (name: string) => asked[name]
  const exceeds = (value: number, directive: Directives[string] | undefined) =>
    typeof directive === 'number' && value > directive
  if (exceeds(age, limit('max-age')) || exceeds(age - ttl, limit('max-stale'))) return false
  const minimum = limit('min-fresh')
  return !(typeof minimum === 'number' && ttl - age < minimum)
}

function giveAgain({ status, headers, body, timestamp }: StoredAnswer, exchange: Exchange, config: Config): Exit {
  const given: Record<string, string[]> = Object.create(null)
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const key = Object.keys(given).find((known) => known.toLowerCase() === name.toLowerCase()) ?? name
    given[key] = [...(given[key] ?? []), headers[i + 1] as string]
  }
  return {
    kind: 'exit',
    status,
    body,
    proxied: true,
    headers: {
      ...given,
      ...(tells(exchange, config, 'age') && { Age: String(seconds(exchange) - timestamp) }),
      ...(tells(exchange, config, 'X-Cache-Status') && { 'X-Cache-Status': 'Hit' }),
    },
  }
}

/** Headers that belong to one answer only; those of the gateway's own are added anew. */
const DROPPED =
  /^(?:connection|keep-alive|proxy-authenticate|proxy-authorization|te|trailers?|transfer-encoding|upgrade|content-length|age|x-cache-status|x-cache-key|.*ratelimit-remaining.*)$/i

function kept(lines: readonly string[]): readonly string[] {
  return lines.filter((_, i) => !DROPPED.test(lines[i - (i % 2)] as string))
}

function isStorable({ response }: Exchange, config: Config, told: Directives, ttl: number): boolean {
  if (!response || !config.response_code.includes(response.status)) return false
  const type = response.headers.get('content-type')
  if (!type || !config.content_type.some((wanted) => includesMediaType(wanted, type))) return false
  if (!config.cache_control) return true
  return !told.private && !told['no-store'] && !told['no-cache'] && ttl > 0
}

function store(exchange: Exchange, config: Config, { key, headers, pieces, ttl }: Recording): void {
  const now = exchange.worker.now() / 1000
  responseCacheOf(exchange.configuration).set(key, {
    status: exchange.response?.status ?? 200,
    headers,
    body: Buffer.concat(pieces),
    timestamp: Math.floor(now),
    ttl,
    dropAt: now + (config.storage_ttl ?? ttl),
  })
}
