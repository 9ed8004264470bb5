/** The formats of trace headers that Kong knows. */
export const FORMATS = ['w3c', 'b3', 'b3-single', 'jaeger', 'ot', 'datadog', 'aws', 'gcp'] as const
export type Format = (typeof FORMATS)[number]

/** What trace headers say; ids as in `ids.ts`. Kong 3.9, kong/observability/tracing/propagation. */
export interface TraceContext {
  readonly traceId: string | undefined
  /** Bytes that the trace id had in its header. */
  readonly traceIdBytes?: number
  readonly spanId: string | undefined
  readonly parentId?: string | undefined
  readonly sampled: boolean | undefined
  readonly baggage?: ReadonlyMap<string, string> | undefined
  /** `X-B3-Flags`. */
  readonly flags?: string | undefined
  /** Whether b3 came as one header. */
  readonly single?: boolean
}
