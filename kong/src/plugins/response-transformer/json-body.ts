import { splitEntry } from '../entries/entry.ts'
import { toWire } from '../http/wire-text.ts'
import { appendedJson, decodeJson, type Json } from '../lua/json.ts'
import { encodeJson } from '../lua/json-encoding.ts'
import { numberOf } from '../lua/values.ts'

export type JsonType = 'boolean' | 'number' | 'string'

/** `name:value` entries and, in the same order, what their values are to become. */
export interface TypedEntries {
  readonly json: readonly string[]
  readonly json_types: readonly JsonType[]
}

export interface JsonRules {
  readonly remove: readonly string[]
  readonly rename: readonly string[]
  readonly replace: TypedEntries
  readonly add: TypedEntries
  readonly append: TypedEntries
}

/** The JSON of an answer has no members that could be changed; Kong closes the connection. */
export class NoMembers extends Error {
  override readonly name = 'NoMembers'
}

/** Whether there is any rule for bodies. */
export function changesJson(rules: JsonRules): boolean {
  const { remove, rename, replace, add, append } = rules
  return [remove, rename, replace.json, add.json, append.json].some((list) => list.length > 0)
}

/** Whether a Content-Type is JSON: `application/json`, or an application type that ends in `+json`. */
export function isJson(contentType: string | undefined): boolean {
  return (contentType ?? '').split(',').some((type) => /^\s*application\/(?:[^;\s]+\+)?json\s*(?:;|$)/i.test(type))
}

/**
 * Changes a JSON body; what is no JSON stays as it is, and a list has nothing that the rules could name.
 * @throws NoMembers
 */
export function transformJson(body: Buffer, rules: JsonRules): Buffer {
  let value: Json
  try {
    value = decodeJson(body.toString('latin1'))
  } catch {
    return body
  }
  const { remove, add, append } = rules
  const writes = remove.length > 0 || add.json.length > 0 || append.json.length > 0
  if (typeof value === 'string' && !writes) return Buffer.from(encodeJson(value), 'latin1')
  if (value === null || typeof value !== 'object') throw new NoMembers(`the body is a ${typeof value}`)
  const changed = Array.isArray(value) ? value : withRules(new Map(Object.entries(value)), rules)
  return Buffer.from(encodeJson(changed), 'latin1')
}

function withRules(members: Map<string, Json>, rules: JsonRules): Json {
  const isPresent = (name: string) => members.has(name) && members.get(name) !== false
  for (const entry of rules.remove) members.delete(splitEntry(toWire(entry)).name)
  for (const entry of rules.rename) {
    const { name, value: newName } = splitEntry(toWire(entry))
    const value = members.get(name)
    if (value === undefined || newName === '') continue
    members.delete(name)
    members.set(newName, value)
  }
  for (const [name, value] of valuesOf(rules.replace)) if (isPresent(name)) members.set(name, value)
  for (const [name, value] of valuesOf(rules.add)) if (!isPresent(name)) members.set(name, value)
  for (const [name, value] of valuesOf(rules.append)) members.set(name, appendedJson(members.get(name), value))
  return Object.fromEntries(members)
}

function* valuesOf({ json, json_types }: TypedEntries): Generator<readonly [name: string, value: Json]> {
  for (const [i, entry] of json.entries()) {
    const { name, value } = splitEntry(toWire(entry))
    const made = value === '' ? undefined : valueAs(json_types[i], encodedOnce(value))
    if (made !== undefined) yield [name, made]
  }
}

/** Kong encodes a value as JSON and takes only quotes and slashes back, so that backslashes are doubled. */
function encodedOnce(value: string): string {
  return encodeJson(value).slice(1, -1).replaceAll('\\"', '"').replaceAll('\\/', '/')
}

function valueAs(type: JsonType | undefined, text: string): Json | undefined {
  if (type === 'number') return numberOf(text)
  return type === 'boolean' ? text === 'true' : text
}
