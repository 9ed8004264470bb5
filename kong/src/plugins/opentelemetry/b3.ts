import type { HeaderList } from '../../headers.ts'
import { visibleValues } from '../http/visible-headers.ts'
import type { TraceContext } from './context.ts'
import { fromHex } from './ids.ts'

const MULTIPLE = ['x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags'] as const

/** What one form of b3 says; ids as they were written. */
interface B3 {
  readonly traceId?: string | undefined
  readonly spanId?: string | undefined
  readonly parentId?: string | undefined
  readonly sampled?: boolean | undefined
  readonly flags?: string | undefined
}

/**
 * Reads b3 in either form, and both together. As in Kong, a `tracestate` header alone makes a request one of b3, even
 * when there is nothing of b3 in it: a W3C request with `tracestate` is then answered for in b3, where b3 is read first.
 */
export function extractB3(headers: HeaderList): TraceContext | undefined {
  if (!['b3', 'tracestate', ...MULTIPLE].some((name) => headers.has(name))) return undefined
  const one = readSingle(headers)
  const many = readMultiple(headers)
  const traceId = one?.traceId ?? many.traceId
  const id = (text: string | undefined) => (traceId === undefined || text === undefined ? undefined : fromHex(text))
  return {
    traceId: id(traceId),
    spanId: id(one?.spanId ?? many.spanId),
    parentId: id(one?.parentId ?? many.parentId),
    sampled: one?.sampled ?? many.sampled,
    flags: one?.flags ?? many.flags,
    single: one !== undefined,
  }
}

function readSingle(headers: HeaderList): B3 | undefined {
  const value = singleHeader(headers)
  if (value === undefined) return undefined
  if (value === '1' || value === 'd') return { sampled: true, ...(value === 'd' && { flags: '1' }) }
  if (value === '0') return { sampled: false }
  const [, traceId, spanId, sampled, parentId = ''] =
    /^([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})-?([01d]?)-?([0-9a-f]{16}|)$/i.exec(value) ?? []
  if (traceId === undefined) return {}
  return {
    traceId,
    spanId,
    ...(parentId !== '' && { parentId }),
    ...(sampled !== '' && { sampled: sampled !== '0' }),
    ...(sampled === 'd' && { flags: '1' }),
  }
}

function singleHeader(headers: HeaderList): string | undefined {
  const values = visibleValues(headers, 'b3')
  if (values.length > 0) return values.length === 1 ? values[0] : undefined
  return visibleValues(headers, 'tracestate')
    .map((value) => /^b3=(.+)$/s.exec(value)?.[1])
    .find((value) => value !== undefined)
}

function readMultiple(headers: HeaderList): B3 {
  const [traceId, spanId, parentId, sampled, flags] = MULTIPLE.map((name) => visibleValues(headers, name)[0])
  const right = (text: string | undefined, form: RegExp) => text === undefined || form.test(text)
  const valid =
    right(traceId, /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i) &&
    right(spanId, /^[0-9a-f]{16}$/i) &&
    right(parentId, /^[0-9a-f]{16}$/i)
  return { ...(valid && { traceId, spanId, parentId }), sampled: flags === '1' || readSampled(sampled), flags }
}

/** `1` and `true`, `0` and `false`; anything else says nothing. */
export function readSampled(value: string | undefined): boolean | undefined {
  if (value === '1' || value === 'true') return true
  return value === '0' || value === 'false' ? false : undefined
}
