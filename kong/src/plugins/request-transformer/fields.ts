import type { Environment } from '../lua/expression.ts'
import { entriesOf } from './entries.ts'
import type { Rules } from './headers.ts'

/** Named values that rules change: the arguments of a query, the fields of a body. */
export interface Fields<Value> {
  get(name: string): Value | undefined
  set(name: string, value: Value): void
  delete(name: string): void
  /** The value that has one more text in it. */
  appended(value: Value | undefined, text: string): Value
  readonly of: (text: string) => Value
}

/**
 * Applies rules in Kong's order; presence goes by Lua truth, so that `false` counts as absent.
 * @param filled whether there is anything to take from: of an empty body nothing is removed, renamed or replaced
 * @returns whether anything was changed, in Kong's eyes
 */
export function transformFields<V>(fields: Fields<V>, rules: Rules, environment: Environment, filled = true): boolean {
  const isPresent = (name: string) => fields.get(name) !== undefined && fields.get(name) !== (false as V)
  let changed = false
  const change = (action: () => void) => {
    action()
    changed = true
  }
  if (filled) {
    for (const { name } of entriesOf(rules.remove)) change(() => fields.delete(name))
    for (const { name, value } of entriesOf(rules.rename)) {
      const newName = value?.(environment) ?? ''
      if (newName !== name && isPresent(name)) change(() => rename(fields, name, newName))
    }
    for (const { name, value } of entriesOf(rules.replace)) {
      if (isPresent(name)) change(() => fields.set(name, fields.of(value?.(environment) ?? '')))
    }
  }
  for (const { name, value } of entriesOf(rules.add)) {
    if (!isPresent(name)) change(() => fields.set(name, fields.of(value?.(environment) ?? '')))
  }
  for (const { name, value } of entriesOf(rules.append)) {
    change(() => fields.set(name, fields.appended(fields.get(name), value?.(environment) ?? '')))
  }
  return changed
}

function rename<V>(fields: Fields<V>, name: string, newName: string): void {
  const value = fields.get(name) as V
  fields.delete(name)
  fields.set(newName, value)
}
