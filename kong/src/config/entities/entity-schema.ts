import type { Plugin } from '../../plugins/plugin.ts'
import type { EntityCheck, Fields } from '../schema/field.ts'
import type { Table } from '../schema/lua-table.ts'
import type { RecordShape } from '../schema/validate.ts'

/** The plugins that may be used, by name. */
export type Registry = ReadonlyMap<string, Plugin>

/** What an entity's fields are, where that depends on the values of some of them. */
export type Specialised = SpecialShape | { readonly field: string; readonly problem: string }

/** The same object for every entity of the kind, so that what follows from it is worked out once. */
export interface SpecialShape {
  readonly fields: Fields
  readonly entity_checks?: readonly EntityCheck[]
}

/** What the fields of an entity of one collection may hold, as Kong defines it (kong/db/schema/entities). */
export interface EntitySchema extends RecordShape {
  /** The collection's name. */
  readonly name: string
  /** The field besides `id` by which others name it. */
  readonly endpoint_key?: string
  /** The fields from which its id is derived, where the endpoint key is not. */
  readonly cache_key?: readonly string[]
  /** Fields and checks that hold for these values only; undefined where the plain ones do. */
  readonly specialise?: (input: Table, registry: Registry) => Specialised | undefined
}

/** What is wrong with a name that decides of what kind an entity is, and is none. */
export const nameProblem = (name: unknown): string =>
  name === undefined || name === null ? 'required field missing' : 'expected a string'
