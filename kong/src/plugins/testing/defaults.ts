import type { Field, Value } from '../../config/schema/field.ts'
import type { Plugin } from '../plugin.ts'

/** A plugin's configuration with its defaults filled in, as the loader would make it of `given`. */
export function configOf<Schema extends Field>(plugin: Plugin<Schema>, given: object = {}): Value<Schema> {
  return fill(plugin.schema, given) as Value<Schema>
}

function fill(field: Field, given: unknown): unknown {
  if (field.type !== 'record' || !field.fields) return given ?? field.default ?? null
  if ((given === undefined || given === null) && !field.required) return field.default ?? null
  const members = (given ?? field.default ?? {}) as Record<string, unknown>
  return Object.fromEntries(Object.entries(field.fields).map(([name, member]) => [name, fill(member, members[name])]))
}
