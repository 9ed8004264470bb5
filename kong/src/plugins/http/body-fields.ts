import type { Exchange } from '../../exchange.ts'
import { decodeJson, type Json } from '../lua/json.ts'
import { encodeJson } from '../lua/json-encoding.ts'
import { type Args, parseArgs } from './args.ts'
import { mediaTypeOf } from './content-type.ts'
import { encodeArgs } from './encode-args.ts'
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
  const contentType = exchange.request.headers.get('content-type') ?? ''
  const read = readers.get(mediaTypeOf(contentType))
  const text = read && (await visibleBody(exchange))?.toString('latin1')
  return text === undefined ? undefined : read?.(text, contentType)
}

type Reader = (text: string, contentType: string) => BodyFields | undefined

const readers: ReadonlyMap<string, Reader> = new Map([
  ['application/x-www-form-urlencoded', (text: string) => argFields(parseArgs(text), encodeArgs)],
  ['application/json', jsonFields],
  ['multipart/form-data', multipartFields],
])

function multipartFields(text: string, contentType: string): BodyFields | undefined {
  const boundary = boundaryOf(contentType)
  if (boundary === undefined) return undefined
  const parts = parseMultipart(text, boundary).map(({ name = '', value }) => [name, value] as const)
  return argFields(new Map(parts), (args) => encodeMultipart(partsOf(args), boundary))
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
