/**
 * Kong looks at a document through Lua, where a list and an object are the same thing, a table: an empty object passes
 * for an empty list, and a list given where a record belongs has fields named 1, 2, ….
 */
export type Table = { readonly [key: string]: unknown }

/** Whether a value is a list or an object. */
export function isTable(value: unknown): value is Table | readonly unknown[] {
  return typeof value === 'object' && value !== null
}

/** Key and value of each member; members of a list are numbered from 1. */
export function members(table: Table | readonly unknown[]): [key: string | number, value: unknown][] {
  return Array.isArray(table) ? table.map((value, i) => [i + 1, value]) : Object.entries(table)
}

/** The table as a list; undefined where it has named members. */
export function asList(table: Table | readonly unknown[]): readonly unknown[] | undefined {
  if (Array.isArray(table)) return table
  return Object.keys(table).length === 0 ? [] : undefined
}

/** The table as an object. */
export function asObject(table: Table | readonly unknown[]): Table {
  return Array.isArray(table) ? Object.fromEntries(members(table)) : (table as Table)
}

/** Whether a value counts as given in an entity check: not null, not '', not an empty table. */
export function isNonEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false
  return !isTable(value) || Object.keys(value).length > 0
}

/** A member by its dotted path; undefined where there is none. */
export function memberAt(value: unknown, path: string): unknown {
  let at = value
  for (const key of path.split('.')) {
    if (!isTable(at)) return undefined
    at = Array.isArray(at) ? at[Number(key) - 1] : (at as Table)[key]
  }
  return at
}

/** The value with empty lists written as `{}`, as Lua's JSON encoder does with tables it knows nothing about. */
export function asLuaJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? {} : value.map(asLuaJson)
  if (!isTable(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asLuaJson(member)]))
}
