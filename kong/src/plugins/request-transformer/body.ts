import type { Exchange } from '../../exchange.ts'
import { parseArgs } from '../http/args.ts'
import { encodeArgs } from '../http/encode-args.ts'
import { boundaryOf, encodeMultipart, parseMultipart, simplePart } from '../http/multipart.ts'
import { visibleBody } from '../http/visible-body.ts'
import type { Environment } from '../lua/expression.ts'
import { appendedJson, decodeJson, type Json } from '../lua/json.ts'
import { encodeJson } from '../lua/json-encoding.ts'
import { type Fields, transformFields } from './fields.ts'
import type { Rules } from './headers.ts'
import { argFields } from './query.ts'

/**
 * Changes a body of a type that can be read; any other, and one that is not what its type says, passes as it is. One that
 * is too long to be seen counts as empty, as in Kong: what is added to it takes its place.
 */
export async function transformBody(exchange: Exchange, rules: Rules, environment: Environment): Promise<void> {
  if (Object.values(rules).every((list) => list.length === 0)) return
  const contentType = exchange.upstream.headers.get('content-type')
  const transform = transformerOf(contentType?.toLowerCase() ?? '')
  if (!transform || contentType === undefined) return
  const body = (await visibleBody(exchange)) ?? Buffer.alloc(0)
  const changed = transform(body.toString('latin1'), rules, environment, contentType)
  if (changed !== undefined) exchange.upstream.body = Buffer.from(changed, 'latin1')
}

type Transform = (body: string, rules: Rules, environment: Environment, contentType: string) => string | undefined

function transformerOf(contentType: string): Transform | undefined {
  if (contentType.includes('application/json')) return transformJson
  if (contentType.includes('multipart/form-data')) return transformMultipart
  return contentType.includes('application/x-www-form-urlencoded') ? transformForm : undefined
}

function transformForm(body: string, rules: Rules, environment: Environment): string | undefined {
  const args = new Map(parseArgs(body))
  return transformFields(argFields(args), rules, environment, body !== '') ? encodeArgs(args) : undefined
}

/** The JSON is a text, a number or the like, of which nothing can be changed. Kong fails with 500. */
class NoFields extends Error {
  override readonly name = 'NoFields'
}

function transformJson(body: string, rules: Rules, environment: Environment): string | undefined {
  let value: Json
  try {
    value = body === '' ? {} : decodeJson(body)
  } catch {
    return undefined
  }
  const { remove, add, append } = rules
  const writes = (body !== '' && remove.length > 0) || add.length > 0 || append.length > 0
  if (typeof value === 'string' && !writes) return undefined
  if (value === null || typeof value !== 'object') throw new NoFields(`the body is a ${typeof value}`)
  // A list has no named fields, but is written anew where a rule would have set or removed one.
  if (Array.isArray(value)) return writes ? encodeJson(value) : undefined
  const members = new Map(Object.entries(value))
  if (!transformFields(jsonFields(members), rules, environment, body !== '')) return undefined
  return encodeJson(Object.fromEntries(members))
}

function jsonFields(members: Map<string, Json>): Fields<Json> {
  return {
    get: (name) => members.get(name),
    set: (name, value) => members.set(name, value),
    delete: (name) => members.delete(name),
    appended: appendedJson,
    of: (text) => text,
  }
}

const onlyRenames = (rename: readonly string[]): Rules => ({ remove: [], rename, replace: [], add: [], append: [] })

/** Of multipart bodies, Kong renames before it removes, and appends nothing. */
function transformMultipart(body: string, rules: Rules, environment: Environment, type: string): string | undefined {
  const boundary = boundaryOf(type)
  if (boundary === undefined) return undefined
  let parts = [...parseMultipart(body, boundary)]
  const find = (name: string) => parts.find((part) => part.name === name)
  const remove = (name: string) => {
    parts = parts.filter((part) => part.name !== name)
  }
  const fieldsWith = (set: Fields<string>['set']): Fields<string> => ({
    get: (name) => find(name)?.value,
    set,
    delete: remove,
    appended: (_, text) => text,
    of: (text) => text,
  })
  const takePlaceOf = (name: string, value: string) => {
    const place = parts.findIndex((part) => part.name === name)
    parts.splice(place < 0 ? parts.length : place, place < 0 ? 0 : 1, simplePart(name, value))
  }
  const setLast = (name: string, value: string) => {
    remove(name)
    parts.push(simplePart(name, value))
  }
  const filled = body !== ''
  const renamed = transformFields(fieldsWith(takePlaceOf), onlyRenames(rules.rename), environment, filled)
  const changed = transformFields(fieldsWith(setLast), { ...rules, rename: [], append: [] }, environment, filled)
  if (!renamed && !changed) return undefined
  return parts.length === 0 ? '' : encodeMultipart(parts, boundary)
}
