import { randomUUID } from 'node:crypto'
import { Configuration } from '../../config/configuration.ts'
import type { Collections, PluginEntity } from '../../config/entities.ts'
import type { ClientRequest, Exchange, Worker } from '../../exchange.ts'
import { HeaderList } from '../../headers.ts'
import type { RouteMatch } from '../../router/router.ts'
import { noTracing } from '../../tracing/settings.ts'

/** What a test says of a request; all else is a plain `GET /`. */
export interface Given {
  readonly method?: string
  readonly target?: string
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: string
  readonly from?: string
  readonly configuration?: Configuration
  readonly worker?: Worker
}

/** A worker with a clock that tests set. */
export function testWorker(clock: { now: number } = { now: Date.now() }, tracing = noTracing): Worker {
  const states = new Map<string, unknown>()
  const silent = () => {}
  return {
    id: randomUUID(),
    pid: process.pid,
    nodeId: randomUUID(),
    state<T>(name: string, create: () => T): T {
      if (!states.has(name)) states.set(name, create())
      return states.get(name) as T
    },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    tracing,
    now: () => clock.now,
  }
}

/** One request as the data path would hand it to the plugins. */
export function testExchange(given: Given = {}): Exchange {
  const request = testRequest(given)
  return {
    id: '0'.repeat(32),
    startedAt: Date.now(),
    startedTick: performance.now(),
    configuration: given.configuration ?? new Configuration(),
    worker: given.worker ?? testWorker(),
    request,
    upstream: {
      method: request.method,
      path: request.rawPath,
      query: request.rawQuery,
      scheme: 'http',
      headers: request.headers.clone(),
      body: undefined,
      hostHeader: undefined,
    },
    response: undefined,
    match: { path: request.rawPath, matchedPath: '/', captures: undefined } as RouteMatch,
    route: undefined,
    service: undefined,
    consumer: undefined,
    credential: undefined,
    authenticatedGroups: undefined,
    timings: {},
    tries: [],
    traffic: { received: 0, sent: 0 },
    shared: new Map(),
    source: 'service',
  }
}

function testRequest(given: Given): ClientRequest {
  const target = given.target ?? '/'
  const mark = target.indexOf('?')
  const body = Buffer.from(given.body ?? '', 'latin1')
  return {
    method: given.method ?? 'GET',
    target,
    rawPath: mark < 0 ? target : target.slice(0, mark),
    rawQuery: mark < 0 ? undefined : target.slice(mark + 1),
    httpVersion: '1.1',
    scheme: 'http',
    sni: undefined,
    headers: HeaderList.of([['Host', 'localhost'], ...(given.headers ?? [])]),
    clientAddress: given.from ?? '127.0.0.1',
    peerAddress: given.from ?? '127.0.0.1',
    peerPort: 40000,
    localAddress: '127.0.0.1',
    localPort: 8000,
    host: 'localhost',
    port: 8000,
    peerTrusted: false,
    forwarded: { proto: 'http', host: 'localhost', port: 8000 },
    connectionRequests: 1,
    connectionId: 1,
    hasBody: body.length > 0,
    body: async (limit = body.length) => {
      if (body.length > limit) throw Object.assign(new Error('too long'), { name: 'BodyTooLarge' })
      return body
    },
    bodyExceeds: async (limit) => body.length > limit,
  }
}

/** Gives the exchange an answer, as the upstream's would be when the filters run. */
export function answerOf(
  exchange: Exchange,
  status = 200,
  headers: readonly (readonly [string, string])[] = [],
): HeaderList {
  const list = HeaderList.of(headers)
  exchange.response = { status, headers: list, rewritesBody: false }
  return list
}

/** A configuration of hand-made entities; what a test leaves out of one is null. */
export function testConfiguration(
  tables: { readonly [C in keyof Collections]?: readonly Partial<Collections[C]>[] },
): Configuration {
  const filled = Object.entries(tables).map(([collection, entities]) => {
    const rows = entities.map((entity) => ({ id: randomUUID(), created_at: 0, tags: null, ...entity }))
    return [collection, new Map(rows.map((row) => [row.id, row]))] as const
  })
  return new Configuration(Object.fromEntries(filled) as never)
}

/** A global instance of a plugin. */
export function testInstance(name: string, config: object, scope: Partial<PluginEntity> = {}): PluginEntity {
  return {
    id: randomUUID(),
    created_at: 0,
    tags: null,
    name,
    instance_name: null,
    config,
    enabled: true,
    protocols: ['grpc', 'grpcs', 'http', 'https'],
    service: null,
    route: null,
    consumer: null,
    ...scope,
  }
}
