import type { ErrorNode, ErrorTree } from './error-tree.ts'
import type { Field, Shorthand } from './field.ts'
import { isTable, memberAt, type Table } from './lua-table.ts'

interface Expansion {
  /** Where what is wrong is added. */
  readonly errors: ErrorTree
  readonly validate: (
    field: Field,
    value: unknown,
  ) => { readonly value: unknown; readonly error: ErrorNode | undefined }
}

/**
 * Puts the fields that shorthands stand for in their place. A plain shorthand (a service's `url`) wins over the fields
 * it stands for; of a deprecated one (a plugin's `redis_host`) the newer field wins, and the two must agree.
 */
export function expandShorthands(
  shorthands: readonly Shorthand[],
  given: Table,
  { errors, validate }: Expansion,
): Table {
  let input: Record<string, unknown> | undefined
  for (const { name, field, expand, deprecation } of shorthands) {
    if (!Object.hasOwn(given, name)) continue
    input ??= { ...given }
    const value = input[name]
    delete input[name]
    if (value === undefined || value === null) continue
    const { value: read, error } = validate(field, value)
    if (error !== undefined) errors.set(name, error)
    else if (deprecation)
      mergeDeprecated(input, expand(read as never), {
        name,
        errors,
        value: read,
        replaced_with: deprecation.replaced_with,
      })
    else Object.assign(input, expand(read as never))
  }
  return input ?? given
}

const write = (value: unknown): string => (isTable(value) ? 'table' : String(value))

interface Deprecated {
  readonly name: string
  readonly value: unknown
  readonly replaced_with: readonly (readonly string[])[]
  readonly errors: ErrorTree
}

function mergeDeprecated(input: Record<string, unknown>, expanded: Record<string, unknown>, old: Deprecated): void {
  for (const path of old.replaced_with.map((keys) => keys.join('.'))) {
    const newer = memberAt(input, path)
    if (newer === undefined || newer === null || newer === old.value) continue
    old.errors.addEntityError(
      `both deprecated and new field are used but their values mismatch: ${old.name} = ${write(old.value)} vs ${path} = ${write(newer)}`,
    )
    return
  }
  mergeBelow(input, expanded)
}

function mergeBelow(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(source)) {
    const known = target[key]
    if (known === undefined || known === null) target[key] = value
    else if (isTable(known) && isTable(value)) {
      const copy: Record<string, unknown> = { ...(known as Table) }
      mergeBelow(copy, value as Record<string, unknown>)
      target[key] = copy
    }
  }
}
