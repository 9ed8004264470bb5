import type { HeaderList } from '../../headers.ts'
import type { Format, TraceContext } from './context.ts'
import { extractors } from './extractors.ts'
import { SPAN_ID_BYTES, sized, TRACE_ID_BYTES } from './ids.ts'
import { injectionOf, type OutgoingContext } from './injectors.ts'

/** Which headers are read, removed and written. */
export interface Propagation {
  readonly extract: readonly Exclude<Format, 'b3-single'>[] | null
  readonly clear: readonly string[] | null
  readonly inject: readonly (Format | 'preserve')[] | null
  readonly default_format: Format
}

/** The order in which Kong looks for formats where the file says nothing of it. */
const ALL = ['b3', 'w3c', 'jaeger', 'ot', 'datadog', 'aws', 'gcp'] as const

/** The propagation that is meant: the older `header_type` counts where nothing but the default format is given. */
export function propagationOf(given: Propagation, headerType: Format | 'preserve' | 'ignore' | null): Propagation {
  if (given.extract !== null || given.clear !== null || given.inject !== null || headerType === null) return given
  if (headerType === 'ignore') return { ...given, inject: [given.default_format] }
  return { ...given, extract: ALL, inject: headerType === 'preserve' ? ['preserve'] : ['preserve', headerType] }
}

/** What came in, and in which format. */
export interface Incoming {
  readonly context: TraceContext
  readonly format: Format | undefined
}

/** Reads the trace headers of the first format that is there. */
export function extract({ extract: formats }: Propagation, headers: HeaderList): Incoming {
  for (const format of formats ?? []) {
    const found = extractors[format](headers)
    if (found) return { context: normalised(found), format }
  }
  return { context: { traceId: undefined, spanId: undefined, sampled: undefined }, format: undefined }
}

function normalised(context: TraceContext): TraceContext {
  const { traceId, spanId, parentId } = context
  const span = (id: string | undefined) => (id === undefined ? undefined : sized(id, SPAN_ID_BYTES))
  return {
    ...context,
    traceId: traceId === undefined ? undefined : sized(traceId, TRACE_ID_BYTES),
    ...(traceId !== undefined && { traceIdBytes: traceId.length / 2 }),
    spanId: span(spanId),
    parentId: span(parentId),
  }
}

/** Removes and writes headers. Answers the trace's id as each format writes it. */
export function inject(
  { clear, inject: formats, default_format }: Propagation,
  headers: HeaderList,
  { context, format: incoming }: { readonly context: OutgoingContext; readonly format: Format | undefined },
): Readonly<Record<string, string>> {
  for (const name of clear ?? []) headers.remove(name)
  const shown: Record<string, string> = {}
  for (const wanted of formats ?? []) {
    const kept = incoming ?? default_format
    const preserved = kept === 'b3' && context.single ? 'b3-single' : kept
    const injection = injectionOf(wanted === 'preserve' ? preserved : wanted, context)
    for (const [name, value] of injection.headers) headers.set(name, value)
    Object.assign(shown, injection.traceId)
  }
  return shown
}
