import type { Exchange } from '../../exchange.ts'
import { decodeJson, type Json } from '../lua/json.ts'
import { encodeJson } from '../lua/json-encoding.ts'
import { type Args, parseArgs } from './args.ts'
import { mediaTypeOf } from './content-type.ts'
import { encodeArgs } from './encode-args.ts'
import { boundaryOf, encodeMultipart, parseMultipart, partsOf } from './multipart.ts'

/** The body of a request as named fields, of the three types that Kong's plugins can read. */
export interface BodyFields {
  get(name: string): Json | undefined
  /** The same body without a field, written anew. */
  without(name: string): Buffer
  /** The fields as JSON shows them. */
  readonly json: Json
}

/** Reads the body's fields; undefined for another type, and where the body is not what its type says. */
export async function readBodyFields({ request }: Exchange): Promise<BodyFields | undefined> {
  const contentType = request.headers.get('content-type') ?? ''
  const type = mediaTypeOf(contentType)
  if (type === 'application/x-www-form-urlencoded') {
    return argFields(parseArgs(await readText(request)), encodeArgs)
  }
  if (type === 'application/json') return jsonFields(await readText(request))
  const boundary = type === 'multipart/form-data' ? boundaryOf(contentType) : undefined
  if (boundary === undefined) return undefined
  const parts = parseMultipart(await readText(request), boundary).map(({ name = '', value }) => [name, value] as const)
  return argFields(new Map(parts), (args) => encodeMultipart(partsOf(args), boundary))
}

async function readText(request: Exchange['request']): Promise<string> {
  return (await request.body()).toString('latin1')
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
