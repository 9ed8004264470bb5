import { escapeComponent } from '../http/encode-args.ts'
import type { Format, TraceContext } from './context.ts'
import { SPAN_ID_BYTES, sized, toDecimal } from './ids.ts'

/** The context that is passed on; its ids are always there. */
export interface OutgoingContext extends TraceContext {
  readonly traceId: string
  readonly spanId: string
}

/** The headers of a format, and the trace's id as the format writes it (for logs). */
export interface Injection {
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly traceId: Readonly<Record<string, string>>
}

type Headers = Injection['headers']

interface Injector {
  /** Bytes that a trace id may have; the first is usual. */
  readonly sizes: readonly number[]
  readonly headers: (context: OutgoingContext) => Headers
  readonly shown?: (traceId: string) => Record<string, string>
}

const digit = (sampled: boolean | undefined) => (sampled ? '1' : '0')

function b3Headers({ traceId, spanId, parentId, sampled, flags }: OutgoingContext): Headers {
  return [
    ['x-b3-traceid', traceId],
    ['x-b3-spanid', spanId],
    ...(parentId === undefined ? [] : [['x-b3-parentspanid', parentId] as const]),
    flags === undefined ? ['x-b3-sampled', digit(sampled)] : ['x-b3-flags', flags],
  ]
}

function b3Single({ traceId, spanId, parentId, sampled, flags }: OutgoingContext): Headers {
  const decision = flags === '1' ? 'd' : sampled === undefined ? undefined : digit(sampled)
  return [['b3', [traceId, spanId, decision, parentId].filter((part) => part !== undefined).join('-')]]
}

function baggage(prefix: string, { baggage = new Map() }: OutgoingContext): Headers {
  return [...baggage].map(([name, value]) => [`${prefix}${name}`, escapeComponent(value)])
}

const shownAs = (format: string) => (traceId: string) => ({ [format]: traceId })

const injectors: Readonly<Record<Format, Injector>> = {
  w3c: {
    sizes: [16],
    headers: ({ traceId, spanId, sampled }) => [['traceparent', `00-${traceId}-${spanId}-0${digit(sampled)}`]],
  },
  b3: { sizes: [16, 8], headers: b3Headers },
  'b3-single': { sizes: [16, 8], headers: b3Single, shown: shownAs('b3') },
  jaeger: {
    sizes: [16, 8],
    headers: (context) => [
      ['uber-trace-id', `${context.traceId}:${context.spanId}:${context.parentId ?? '0'}:0${digit(context.sampled)}`],
      ...baggage('uberctx-', context),
    ],
  },
  ot: {
    sizes: [8, 16],
    headers: (context) => [
      ['ot-tracer-traceid', context.traceId],
      ['ot-tracer-spanid', context.spanId],
      ...(context.sampled === undefined ? [] : [['ot-tracer-sampled', digit(context.sampled)] as const]),
      ...baggage('ot-baggage-', context),
    ],
  },
  datadog: {
    sizes: [8],
    headers: ({ traceId, spanId, sampled }) => [
      ['x-datadog-trace-id', toDecimal(traceId)],
      ['x-datadog-parent-id', toDecimal(spanId)],
      ...(sampled === undefined ? [] : [['x-datadog-sampling-priority', digit(sampled)] as const]),
    ],
    shown: (traceId) => ({ datadog: toDecimal(traceId) }),
  },
  aws: {
    sizes: [16],
    headers: ({ traceId, spanId, sampled }) => [
      [
        'x-amzn-trace-id',
        `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=${digit(sampled)}`,
      ],
    ],
  },
  gcp: {
    sizes: [16],
    headers: ({ traceId, spanId, sampled }) => [
      ['x-cloud-trace-context', `${traceId}/${toDecimal(spanId)};o=${digit(sampled)}`],
    ],
  },
}

/** Writes a context in one format. The size that the trace id came in is kept where the format has it. */
export function injectionOf(format: Format, context: OutgoingContext): Injection {
  const { sizes, headers, shown = shownAs(format) } = injectors[format]
  const { traceIdBytes, parentId } = context
  const bytes = traceIdBytes !== undefined && sizes.includes(traceIdBytes) ? traceIdBytes : (sizes[0] as number)
  const traceId = sized(context.traceId, bytes)
  return {
    headers: headers({
      ...context,
      traceId,
      spanId: sized(context.spanId, SPAN_ID_BYTES),
      parentId: parentId === undefined ? undefined : sized(parentId, SPAN_ID_BYTES),
    }),
    traceId: shown(traceId),
  }
}
