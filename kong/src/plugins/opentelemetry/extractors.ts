import type { HeaderList } from '../../headers.ts'
import { decodePercent } from '../http/percent.ts'
import { visibleValues } from '../http/visible-headers.ts'
import { extractB3, readSampled } from './b3.ts'
import type { Format, TraceContext } from './context.ts'
import { fromDecimal, fromHex } from './ids.ts'

type Extracted = TraceContext | undefined

/** A header that came once; undefined where it is absent or came more often. */
function single(headers: HeaderList, name: string): string | undefined {
  const values = visibleValues(headers, name)
  return values.length === 1 ? values[0] : undefined
}

const isZero = (hex: string): boolean => /^0*$/.test(hex)

function extractW3c(headers: HeaderList): Extracted {
  const [, version, traceId = '', parent = '', flags = ''] =
    /^([0-9a-f]+)-([0-9a-f]+)-([0-9a-f]+)-([0-9a-f]+)$/i.exec(single(headers, 'traceparent') ?? '') ?? []
  if (version !== '00' || traceId.length !== 32 || isZero(traceId)) return undefined
  if (parent.length !== 16 || isZero(parent) || flags.length !== 2) return undefined
  return { traceId: fromHex(traceId), spanId: fromHex(parent), sampled: Number.parseInt(flags, 16) % 2 === 1 }
}

function extractJaeger(headers: HeaderList): Extracted {
  const [, traceId = '', spanId = '', parent = '', flags = ''] =
    /^([0-9a-f]+):([0-9a-f]+):([0-9a-f]+):([0-9a-f]+)$/i.exec(single(headers, 'uber-trace-id') ?? '') ?? []
  if (traceId.length > 32 || isZero(traceId) || spanId.length > 16 || isZero(spanId)) return undefined
  if (flags.length !== 1 && flags.length !== 2) return undefined
  return {
    traceId: fromHex(traceId),
    spanId: fromHex(spanId),
    parentId: fromHex(parent),
    sampled: Number.parseInt(flags, 16) % 2 === 1,
    baggage: baggageOf(headers, 'uberctx-'),
  }
}

function extractOt(headers: HeaderList): Extracted {
  const names = ['ot-tracer-sampled', 'ot-tracer-traceid', 'ot-tracer-spanid']
  if (!names.some((name) => headers.has(name))) return undefined
  const [sampled, traceId, spanId] = names.map((name) => visibleValues(headers, name)[0])
  const isWrong =
    (traceId !== undefined && !/^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i.test(traceId)) ||
    (spanId !== undefined && !/^[0-9a-f]{16}$/i.test(spanId))
  const known = traceId !== undefined && !isWrong
  const found = {
    traceId: known ? fromHex(traceId) : undefined,
    spanId: known && spanId !== undefined ? fromHex(spanId) : undefined,
    sampled: readSampled(sampled),
    baggage: baggageOf(headers, 'ot-baggage-'),
  }
  return Object.values(found).some((value) => value !== undefined) ? found : undefined
}

const PRIORITIES: Readonly<Record<string, boolean>> = { '2': true, '1': true, '0': false, '-1': false }

function extractDatadog(headers: HeaderList): Extracted {
  const names = ['x-datadog-trace-id', 'x-datadog-parent-id', 'x-datadog-sampling-priority']
  if (!names.some((name) => headers.has(name))) return undefined
  const [traceId, parent, priority] = names.map((name) => visibleValues(headers, name)[0])
  const sampled = priority === undefined ? undefined : PRIORITIES[priority]
  if (priority !== undefined && sampled === undefined) return undefined
  const number = (text: string | undefined) => /^\s*(\d+)\s*$/.exec(text ?? '')?.[1]
  const [trace, span] = [number(traceId), number(parent)]
  if (trace === undefined) return sampled === undefined ? undefined : { traceId: undefined, spanId: undefined, sampled }
  return { traceId: fromDecimal(trace), spanId: span === undefined ? undefined : fromDecimal(span), sampled }
}

function extractAws(headers: HeaderList): Extracted {
  const value = single(headers, 'x-amzn-trace-id')
  if (value === undefined) return undefined
  let [traceId, spanId, sampled]: [string?, string?, boolean?] = []
  for (const pair of value.split(';')) {
    const [key = '', text = ''] = pair.split('=').map((part) => part.trim())
    if (key === 'Root') {
      const [, time, unique] = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i.exec(text) ?? []
      if (time === undefined || unique === undefined) return undefined
      traceId = fromHex(time + unique)
    } else if (key === 'Parent') {
      if (text.length !== 16) return undefined
      spanId = fromHex(text)
    } else if (key === 'Sampled') {
      if (text !== '0' && text !== '1') return undefined
      sampled = text === '1'
    }
  }
  return traceId === undefined && spanId === undefined && sampled === undefined
    ? undefined
    : { traceId, spanId, sampled }
}

function extractGcp(headers: HeaderList): Extracted {
  const [, traceId, spanId, flag] =
    /^([0-9a-f]{32})\/(\d{1,20})(?:;o=(\d))?$/.exec(single(headers, 'x-cloud-trace-context') ?? '') ?? []
  if (traceId === undefined || spanId === undefined) return undefined
  return { traceId: fromHex(traceId), spanId: fromDecimal(spanId), sampled: flag === '1' }
}

/** Headers of a prefix, by what follows it. */
function baggageOf(headers: HeaderList, prefix: string): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>()
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (lower.startsWith(prefix)) found.set(lower.slice(prefix.length), decodePercent(value))
  }
  return found.size === 0 ? undefined : found
}

/** How each format is read; `b3-single` is read as `b3`. */
export const extractors: Readonly<Record<Exclude<Format, 'b3-single'>, (headers: HeaderList) => Extracted>> = {
  b3: extractB3,
  w3c: extractW3c,
  jaeger: extractJaeger,
  ot: extractOt,
  datadog: extractDatadog,
  aws: extractAws,
  gcp: extractGcp,
}
