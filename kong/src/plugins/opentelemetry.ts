import { checkHeaderName } from '../config/entities/common-fields.ts'
import { array, integer, map, number, record, string, type Value } from '../config/schema/field.ts'
import type { Exchange, Worker } from '../exchange.ts'
import { spansOf, traceOf } from '../tracing/trace.ts'
import { responseHeaderName } from './http/response-header-name.ts'
import { checkUrl } from './http/url.ts'
import { toWire } from './http/wire-text.ts'
import { FORMATS } from './opentelemetry/context.ts'
import { createExport, type ExportedSpan } from './opentelemetry/export.ts'
import { newSpanId, newTraceId } from './opentelemetry/ids.ts'
import { extract, inject, propagationOf } from './opentelemetry/propagation.ts'
import { decide } from './opentelemetry/sampling.ts'
import { perConfig } from './per-config.ts'
import type { Plugin } from './plugin.ts'
import { queueFields, withOlderFields } from './queue/fields.ts'
import type { DeliveryQueue } from './queue/queue.ts'

const timeout = (standard: number) => integer({ default: standard, between: [0, 2147483646] })

const deprecated = (field: string, replacement: string, old_default: number) => ({
  message: `opentelemetry: config.${field} is deprecated, please use config.${replacement} instead`,
  old_default,
  removal_in_version: '4.0',
})

const schema = record(
  {
    traces_endpoint: string({ referenceable: true, custom: checkUrl }),
    logs_endpoint: string({ referenceable: true, custom: refuseLogs }),
    headers: map(string({ custom: checkHeaderName }), string({ referenceable: true })),
    resource_attributes: map(string({ required: true }), string({ required: true })),
    queue: record(queueFields, { default: { max_batch_size: 200 } }),
    batch_span_count: integer({ deprecation: deprecated('batch_span_count', 'queue.max_batch_size', 200) }),
    batch_flush_delay: integer({ deprecation: deprecated('batch_flush_delay', 'queue.max_coalescing_delay', 3) }),
    connect_timeout: timeout(1000),
    send_timeout: timeout(5000),
    read_timeout: timeout(5000),
    http_response_header_for_traceid: string(),
    header_type: string({
      required: false,
      default: 'preserve',
      one_of: ['preserve', 'ignore', 'b3', 'b3-single', 'w3c', 'jaeger', 'ot', 'aws', 'gcp', 'datadog'],
      deprecation: {
        message: 'opentelemetry: config.header_type is deprecated, please use config.propagation options instead',
        removal_in_version: '4.0',
      },
    }),
    sampling_rate: number({ required: false, between: [0, 1] }),
    propagation: record(
      {
        extract: array(string({ one_of: ['w3c', 'b3', 'jaeger', 'ot', 'datadog', 'aws', 'gcp'] })),
        clear: array(string({ custom: checkHeaderName })),
        inject: array(string({ one_of: ['preserve', ...FORMATS] })),
        default_format: string({ required: true, one_of: FORMATS }),
      },
      { default: { default_format: 'w3c' } },
    ),
  },
  { entity_checks: [{ at_least_one_of: ['traces_endpoint', 'logs_endpoint'] }] },
)

type Config = Value<typeof schema>

function refuseLogs(): string {
  return 'the embedded gateway exports no logs over OTLP; run this file on Kong itself to use logs_endpoint'
}

const propagation = perConfig((config: Config) => propagationOf(config.propagation, config.header_type))

/**
 * Passes trace headers on, and exports spans where the gateway's `tracing_instrumentations` make any; without them the
 * upstream still learns of a trace, as one that is not sampled. Spec: Kong Hub, opentelemetry.
 */
export const opentelemetry = {
  name: 'opentelemetry',
  priority: 14,
  version: '3.9.1',
  schema,
  access(exchange, config) {
    if (config.traces_endpoint !== null) propagate(exchange, config)
    return undefined
  },
  headerFilter(exchange, config) {
    const name = config.http_response_header_for_traceid
    const traceId = traceOf(exchange)?.id ?? exchange.shared.get(PASSED_ON)
    if (name !== null && traceId !== undefined)
      exchange.response?.headers.add(responseHeaderName(toWire(name)), traceId as string)
  },
  log(exchange, config) {
    const trace = traceOf(exchange)
    if (!trace || config.traces_endpoint === null) return
    const sampled = trace.sampled ?? decide(trace.id, undefined, rateOf(exchange, config))
    if (!sampled) return
    const queue = queueOf(config)(exchange.worker)
    for (const span of spansOf(exchange, trace)) queue.add({ ...span, traceId: trace.id }, span.name.length)
  },
} satisfies Plugin<typeof schema>

/** The id of a trace that is only passed on. */
const PASSED_ON = 'opentelemetry'

function rateOf({ worker }: Exchange, { sampling_rate }: Config): number {
  return sampling_rate ?? worker.tracing.samplingRate
}

function propagate(exchange: Exchange, config: Config): void {
  const { shared, upstream, worker } = exchange
  const incoming = extract(propagation(config), upstream.headers)
  const { context } = incoming
  const trace = traceOf(exchange)
  const traceId = context.traceId ?? trace?.id ?? newTraceId()
  const caller = context.spanId ?? context.parentId
  const sampled = trace ? decide(traceId, context.sampled, rateOf(exchange, config)) : false
  if (trace) Object.assign(trace, { id: traceId, parentId: caller, sampled })
  else shared.set(PASSED_ON, traceId)
  const tries = trace !== undefined && worker.tracing.instrumentations.has('balancer')
  const outgoing = {
    ...context,
    traceId,
    spanId: tries ? trace.balancerId : (trace?.rootId ?? newSpanId()),
    parentId: tries ? trace.rootId : caller,
    sampled,
  }
  const shown = inject(propagation(config), upstream.headers, { context: outgoing, format: incoming.format })
  if (Object.keys(shown).length > 0) shared.set('trace_id', shown)
}

const queueOf = perConfig((config: Config) => {
  let queue: DeliveryQueue<ExportedSpan> | undefined
  return (worker: Worker): DeliveryQueue<ExportedSpan> => {
    queue ??= createExport(
      {
        endpoint: config.traces_endpoint ?? '',
        headers: config.headers,
        resourceAttributes: config.resource_attributes,
        timeout: Math.max(config.connect_timeout, config.send_timeout, config.read_timeout),
        queue: withOlderFields(config.queue, config.batch_span_count, config.batch_flush_delay),
      },
      worker,
    )
    return queue
  }
})
