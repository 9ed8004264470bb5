import { randomBytes } from 'node:crypto'
import type { Exchange } from '../exchange.ts'
import type { Instrumentation } from './settings.ts'

/** A piece of a request's time. Times in milliseconds since the epoch, with fractions; ids in lower-case hex. */
export interface Span {
  readonly name: string
  readonly id: string
  readonly parentId: string | undefined
  readonly kind: 'internal' | 'server' | 'client'
  readonly start: number
  readonly end: number
  readonly attributes: Readonly<Record<string, string | number>>
  readonly failed: boolean
}

/** What is known of a request's trace while it is under way. */
export interface Trace {
  /** 32 hex digits; replaced by that of the trace headers. */
  id: string
  readonly rootId: string
  /** The span of the caller. */
  parentId: string | undefined
  /** The span of the last try, made before it, since its id goes to the upstream. */
  readonly balancerId: string
  /** Whether it is exported; undefined until decided. */
  sampled: boolean | undefined
  /** Spans that have ended, but for those of the request and of the balancer. */
  readonly inner: Span[]
}

const KEY = 'trace'

/** The trace of a request; undefined where nothing is traced. */
export function traceOf(exchange: Exchange): Trace | undefined {
  const { shared, worker } = exchange
  if (worker.tracing.instrumentations.size === 0) return undefined
  let trace = shared.get(KEY) as Trace | undefined
  if (!trace) {
    trace = {
      id: randomBytes(16).toString('hex'),
      rootId: randomBytes(8).toString('hex'),
      parentId: undefined,
      balancerId: randomBytes(8).toString('hex'),
      sampled: undefined,
      inner: [],
    }
    shared.set(KEY, trace)
  }
  return trace
}

/** Begins a span inside the gateway; call the answer when it ends. Undefined where such spans are not made. */
export function startSpan(exchange: Exchange, kind: Instrumentation, name: string): (() => void) | undefined {
  if (!exchange.worker.tracing.instrumentations.has(kind)) return undefined
  const trace = traceOf(exchange)
  const start = performance.now()
  return () =>
    trace?.inner.push({
      name,
      id: randomBytes(8).toString('hex'),
      parentId: trace.rootId,
      kind: 'internal',
      start: wallClock(exchange, start),
      end: wallClock(exchange, performance.now()),
      attributes: {},
      failed: false,
    })
}

const PHASES = { rewrite: 'plugin_rewrite', access: 'plugin_access', header_filter: 'plugin_header_filter' } as const

/** The same for a plugin's turn. */
export function startPluginSpan(exchange: Exchange, phase: keyof typeof PHASES, plugin: string) {
  return exchange.worker.tracing.instrumentations.has(PHASES[phase])
    ? startSpan(exchange, PHASES[phase], `kong.${phase}.plugin.${plugin}`)
    : undefined
}

/** A moment of the monotonic clock, as milliseconds since the epoch. */
function wallClock({ startedAt, startedTick }: Exchange, tick: number): number {
  return startedAt + (tick - startedTick)
}

/** All spans of a request that is over; the request's own comes first. Source: Kong 3.9, tracing/instrumentation.lua. */
export function spansOf(exchange: Exchange, trace: Trace): readonly Span[] {
  const end = wallClock(exchange, exchange.timings.upstreamEnd ?? performance.now())
  const balancer = exchange.worker.tracing.instrumentations.has('balancer') ? triesOf(exchange, trace, end) : []
  return [requestSpan(exchange, trace, end), ...trace.inner, ...balancer]
}

function requestSpan(exchange: Exchange, trace: Trace, end: number): Span {
  const { request, response, route } = exchange
  const { host } = request.forwarded
  return {
    name: 'kong',
    id: trace.rootId,
    parentId: trace.parentId,
    kind: 'server',
    start: exchange.startedAt,
    end,
    attributes: {
      'http.method': request.method,
      'http.url': `${request.scheme}://${host}${request.target}`,
      'http.host': host,
      'http.scheme': request.scheme,
      'http.flavor': request.httpVersion,
      'http.client_ip': request.clientAddress,
      'net.peer.ip': request.peerAddress,
      'kong.request.id': exchange.id,
      'http.status_code': response?.status ?? 0,
      'http.route': route?.paths?.[0] ?? '',
    },
    failed: false,
  }
}

/** A span for each try at an upstream; one that failed ends when the next begins. */
function triesOf({ tries, service, request }: Exchange, trace: Trace, end: number): readonly Span[] {
  return tries.map((attempt, i) => ({
    name: 'kong.balancer',
    id: i === tries.length - 1 ? trace.balancerId : randomBytes(8).toString('hex'),
    parentId: trace.rootId,
    kind: 'client',
    start: attempt.balancerStart,
    end: tries[i + 1]?.balancerStart ?? end,
    attributes: {
      try_count: i + 1,
      'net.peer.ip': attempt.ip,
      'net.peer.port': attempt.port,
      ...(service && {
        'net.peer.name': service.host,
        'http.method': request.method,
        'http.url': `${service.protocol}://${service.host}${request.target}`,
      }),
      ...(attempt.code !== undefined && { 'http.status_code': attempt.code }),
    },
    failed: attempt.state !== undefined,
  }))
}
