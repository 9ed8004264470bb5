import { decodeJson, type Json } from '../lua/json.ts'
import { decodeBase64Url } from './base64url.ts'
import { type Algorithm, isAlgorithm } from './signature.ts'

/** A token taken apart, its signature not yet checked. */
export interface Token {
  readonly algorithm: Algorithm
  readonly header: Json
  readonly claims: Json
  readonly signature: Buffer
  /** What was signed. */
  readonly signed: string
}

/**
 * Takes a JWT apart. Kong 3.9, plugins/jwt/jwt_parser.lua.
 * @returns the token, or the words of what is wrong with it
 * @throws NotIndexable where Kong itself fails: a header of `null`, a number or a boolean
 */
export function decodeToken(text: string): Token | string {
  const firstDot = text.indexOf('.')
  const secondDot = firstDot < 0 ? -1 : text.indexOf('.', firstDot + 1)
  const header = firstDot < 0 ? undefined : decodePart(text.slice(0, firstDot))
  const claims = secondDot < 0 ? undefined : decodePart(text.slice(firstDot + 1, secondDot))
  if (header === undefined || claims === undefined) return 'invalid JSON'

  const algorithm = index(header, 'alg')
  if (typeof algorithm !== 'string' || !isAlgorithm(algorithm)) return 'invalid alg'
  if (claims === false) return 'invalid claims'
  const signature = decodeBase64Url(text.slice(secondDot + 1))
  if (!signature) return 'invalid signature'
  return { algorithm, header, claims, signature, signed: text.slice(0, secondDot) }
}

function decodePart(part: string): Json | undefined {
  const bytes = decodeBase64Url(part)
  if (!bytes) return undefined
  try {
    return decodeJson(bytes.toString('latin1'))
  } catch {
    return undefined
  }
}

/** A member was asked for of a value that has none. */
export class NotIndexable extends Error {
  override readonly name = 'NotIndexable'
  constructor(value: Json) {
    super(`a ${value === null ? 'null' : typeof value} has no members`)
  }
}

/**
 * A member by name, as Lua would find it: nothing in a list or a text, and nothing where the value is `false`.
 * @throws NotIndexable of `null`, a number or a boolean
 */
export function index(value: Json, name: string): Exclude<Json, false> | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return undefined
  if (value === null || typeof value !== 'object') throw new NotIndexable(value)
  const member = (value as { readonly [name: string]: Json })[name]
  return member === false ? undefined : member
}
