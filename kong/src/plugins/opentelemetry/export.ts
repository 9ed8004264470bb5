import type { Worker } from '../../exchange.ts'
import type { Span } from '../../tracing/trace.ts'
import { KONG_VERSION } from '../../version.ts'
import { userInfoOf } from '../http/url.ts'
import { createHttpDelivery } from '../queue/http-delivery.ts'
import { DeliveryQueue, type QueueSettings } from '../queue/queue.ts'

/** A span on its way to a collector. */
export interface ExportedSpan extends Span {
  readonly traceId: string
}

export interface Collector {
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>> | null
  readonly resourceAttributes: Readonly<Record<string, string>> | null
  /** Milliseconds without anything happening on the connection. */
  readonly timeout: number
  readonly queue: QueueSettings
}

/** A queue of spans that are sent to a collector as OTLP over HTTP, in protobuf. */
export function createExport(collector: Collector, worker: Worker): DeliveryQueue<ExportedSpan> {
  const { endpoint, headers, timeout, queue } = collector
  const hasType = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'content-type')
  const deliver = createHttpDelivery({
    url: new URL(endpoint),
    userInfo: userInfoOf(endpoint),
    method: 'POST',
    headers: { ...(!hasType && { 'Content-Type': 'application/x-protobuf' }), ...headers },
    timeout,
    keepalive: 60_000,
    accepts: (status) => status === 200,
    connections: queue.concurrency_limit === -1 ? Number.POSITIVE_INFINITY : 1,
  })
  const attributes = {
    'service.name': 'kong',
    'service.instance.id': worker.nodeId,
    'service.version': KONG_VERSION,
    ...collector.resourceAttributes,
  }
  return new DeliveryQueue(queue, async (batch) => deliver(await encode(batch, attributes)), worker.log)
}

const KINDS = { internal: 0, server: 1, client: 2 } as const
/** Source: OpenTelemetry, status codes: unset and error. */
const UNSET = 0
const FAILED = 2

/** Loaded when the first span is sent: gateways that trace nothing need not have the library in memory. */
async function encode(spans: readonly ExportedSpan[], attributes: Record<string, string>): Promise<Uint8Array> {
  const { ProtobufTraceSerializer } = await import('@opentelemetry/otlp-transformer')
  const resource = { attributes, merge: () => resource, getRawAttributes: () => Object.entries(attributes) }
  const scope = { name: 'kong-internal', version: '0.1.0' }
  const readable = spans.map((span) => ({
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => contextOf(span.traceId, span.id),
    ...(span.parentId !== undefined && { parentSpanContext: contextOf(span.traceId, span.parentId) }),
    startTime: highResolution(span.start),
    endTime: highResolution(span.end),
    duration: highResolution(span.end - span.start),
    status: { code: span.failed ? FAILED : UNSET },
    attributes: span.attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }))
  const encoded = ProtobufTraceSerializer.serializeRequest(readable)
  if (!encoded) throw new Error('the spans could not be encoded')
  return encoded
}

const contextOf = (traceId: string, spanId: string) => ({ traceId, spanId, traceFlags: 1 })

/** Milliseconds as seconds and nanoseconds. */
function highResolution(milliseconds: number): [seconds: number, nanoseconds: number] {
  const seconds = Math.floor(milliseconds / 1000)
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)]
}
