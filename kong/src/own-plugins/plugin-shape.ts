import type { Field, Fields } from '../config/schema/field.ts'
import { validateField } from '../config/schema/validate.ts'
import { suggest } from '../config/spelling.ts'
import type { Plugin } from '../plugins/plugin.ts'

type Kind = 'a text' | 'a number' | 'a list' | 'a function' | 'an object'

/** Every member that a plugin may have, what it is, and whether it must be there. */
const MEMBERS: { readonly [M in keyof Required<Plugin>]: readonly [Kind, 'required' | 'optional'] } = {
  name: ['a text', 'required'],
  priority: ['a number', 'required'],
  version: ['a text', 'required'],
  schema: ['an object', 'required'],
  entity_checks: ['a list', 'optional'],
  writtenFiles: ['a list', 'optional'],
  protocols: ['a list', 'optional'],
  usualProtocols: ['a list', 'optional'],
  unscopable: ['a list', 'optional'],
  rewrite: ['a function', 'optional'],
  access: ['a function', 'optional'],
  headerFilter: ['a function', 'optional'],
  readsBody: ['a function', 'optional'],
  bodyFilter: ['a function', 'optional'],
  log: ['a function', 'optional'],
}

type Members = Readonly<Record<string, unknown>>

/** What keeps a value from being a plugin, each as a sentence; nothing when it is one. */
export function faultsOfPlugin(plugin: Members): string[] {
  const faults = Object.entries(MEMBERS).flatMap(([name, [kind, need]]) => {
    const value = plugin[name]
    if (value === undefined) return need === 'required' ? [`it has no '${name}'`] : []
    return kindOf(value) === kind ? [] : [`its '${name}' is not ${kind}`]
  })
  const unknown = Object.keys(plugin).filter((name) => !Object.hasOwn(MEMBERS, name))
  faults.push(...unknown.map((name) => `it has '${name}', which no plugin has${hint(name, Object.keys(MEMBERS))}`))
  if (faults.length > 0) return faults
  if (!/^[a-z][a-z0-9-]*$/.test(String(plugin.name)))
    faults.push(`its name '${plugin.name}' is not of lower-case letters, digits and dashes`)
  const schema = plugin.schema as Field
  if (schema.type !== 'record' || schema.required !== true)
    return [...faults, "its 'schema' is not a required record; make it with record({ … })"]
  return [...faults, ...faultsOfField('config', schema)]
}

function kindOf(value: unknown): Kind | undefined {
  if (typeof value === 'string') return 'a text'
  if (typeof value === 'number' && Number.isFinite(value)) return 'a number'
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : undefined
}

const TYPES: readonly Field['type'][] = [
  ...(['string', 'number', 'integer', 'boolean', 'array', 'set', 'map', 'record', 'foreign', 'any'] as const),
]

function faultsOfField(path: string, field: unknown): string[] {
  const kind = kindOf(field)
  if (kind !== 'an object') return [`'${path}' of its schema is no field`]
  const { type, fields, elements, keys, values, default: preset } = field as Field
  if (!TYPES.includes(type)) return [`'${path}' of its schema has an unknown type '${type}'${hint(`${type}`, TYPES)}`]
  const below = [
    ...(type === 'record' ? faultsOfFields(path, fields) : []),
    ...(elements === undefined ? [] : faultsOfField(`${path}[]`, elements)),
    ...(keys === undefined ? [] : faultsOfField(`${path} (keys)`, keys)),
    ...(values === undefined ? [] : faultsOfField(`${path}.*`, values)),
  ]
  if (below.length > 0 || preset === undefined || preset === null) return below
  const { error } = validateField(field as Field, preset)
  return error === undefined
    ? []
    : [`the default of '${path}' in its schema is wrong: ${typeof error === 'string' ? error : JSON.stringify(error)}`]
}

function faultsOfFields(path: string, fields: Fields | undefined): string[] {
  if (kindOf(fields) !== 'an object') return [`'${path}' of its schema is a record without fields`]
  return Object.entries(fields ?? {}).flatMap(([name, field]) => faultsOfField(`${path}.${name}`, field))
}

function hint(word: string, known: readonly string[]): string {
  const right = suggest(word, known)
  return right === undefined ? '' : `; did you mean '${right}'?`
}
