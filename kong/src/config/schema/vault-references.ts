import { oncePer } from '../../once-per.ts'
import type { Field, Fields } from './field.ts'
import { isTable, type Table } from './lua-table.ts'

/** Whether a text stands for a secret kept elsewhere: `{vault://env/name}`. */
export const isVaultReference = (value: unknown): value is string =>
  typeof value === 'string' && /^\{vault:\/\/.*\}$/s.test(value)

/** What a reference stands for. */
export type ReferenceResolver = (reference: string) => string

/** The fields that may hold references, or hold fields that may. */
const referenceableIn = oncePer((fields: Fields) => Object.entries(fields).filter(([, field]) => mayRefer(field)))

const mayRefer = (field: Field): boolean =>
  field.referenceable === true ||
  (field.fields !== undefined && referenceableIn(field.fields).length > 0) ||
  [field.elements, field.values].some((element) => element !== undefined && mayRefer(element))

/**
 * A value with the secrets put in where its field may hold references; the same value where there is none, so that the
 * text of the file can still be told from what it stands for.
 */
export function resolveReferencesIn(fields: Fields, value: Table, resolve: ReferenceResolver): Table {
  let changed: Record<string, unknown> | undefined
  for (const [name, field] of referenceableIn(fields)) {
    const member = value[name]
    const resolved = resolveMember(field, member, resolve)
    if (resolved === member) continue
    changed ??= { ...value }
    changed[name] = resolved
  }
  return changed ?? value
}

function resolveMember(field: Field, value: unknown, resolve: ReferenceResolver): unknown {
  if (field.referenceable && isVaultReference(value)) return resolve(value)
  if (!isTable(value)) return value
  if (field.fields) return resolveReferencesIn(field.fields, value as Table, resolve)
  const element = field.elements ?? field.values
  if (!element) return value
  if (Array.isArray(value)) {
    const resolved = value.map((item) => resolveMember(element, item, resolve))
    return resolved.some((item, i) => item !== value[i]) ? resolved : value
  }
  const fields = Object.fromEntries(Object.keys(value).map((key) => [key, element]))
  return resolveReferencesIn(fields, value as Table, resolve)
}
