import type { Exchange } from '../../exchange.ts'
import { decodeJson, type Json } from '../lua/json.ts'
import { encodeJson } from '../lua/json-encoding.ts'
import { type Args, type ArgValue, parseArgs } from './args.ts'
import { mediaTypeOf } from './content-type.ts'
import { encodeQuery } from './encode-args.ts'
import { boundaryOf, encodeMultipart, parseMultipart, partsOf } from './multipart.ts'
import { visibleBody } from './visible-body.ts'

/** The body of a request as named fields, of the three types that Kong's plugins can read. */
export interface BodyFields {
  get(name: string): Json | undefined
  /** The same body without a field, written anew. */
  without(name: string): Buffer
  /** The fields as JSON shows them. */
  readonly json: Json
}

/** Reads the body's fields; undefined for another type, where the body is not what its type says, or too long. */
export async function readBodyFields(exchange: Exchange): Promise<BodyFields | undefined> {
  const contentType = exchange.upstream.headers.get('content-type') ?? ''
  const type = mediaTypeOf(contentType)
  // As in Kong, what a type begins with counts: application/json-patch+json is JSON.
  const read = readers.find(([beginning]) => type.startsWith(beginning))?.[1]
  const text = read && (await visibleBody(exchange))?.toString('latin1')
  return text === undefined ? undefined : read?.(text, contentType)
}

type Reader = (text: string, contentType: string) => BodyFields | undefined

const readers: readonly (readonly [string, Reader])[] = [
  ['application/x-www-form-urlencoded', (text: string) => argFields(parseArgs(text), encodeQuery)],
  ['application/json', jsonFields],
  ['multipart/form-data', multipartFields],
]

function multipartFields(text: string, contentType: string): BodyFields | undefined {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return undefined
  const byName = Map.groupBy(parseMultipart(text, boundary), ({ name = '' }) => name)
  const fields = Array.from(byName, ([name, parts]): readonly [string, ArgValue] => {
    const values = parts.map(({ value }) => value)
    return [name, values.length > 1 ? values : (values[0] ?? '')]
  })
  return argFields(new Map(fields), (args) => encodeMultipart(partsOf(args), boundary))
}

function argFields(args: Args, encode: (args: Args) => string): BodyFields {
  return {
    get: (name) => args.get(name),
    without: (name) => Buffer.from(encode(new Map([...args].filter(([other]) => other !== name))), 'latin1'),
    json: Object.fromEntries(args),
  }
}

function jsonFields(text: string): BodyFields | undefined {
  let value: Json
  try {
    value = decodeJson(text)
  } catch {
    return undefined
  }
  const members = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {}
  return {
    get: (name) => members[name],
    without(name) {
      const { [name]: _, ...rest } = members
      return Buffer.from(encodeJson(members === value ? rest : value), 'latin1')
    },
    json: value,
  }
}

type JsonObject = { readonly [name: string]: Json }
