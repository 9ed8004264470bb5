/**
 * The vocabulary in which entities and plugin configurations are described. It is Kong's own (names of types and of
 * constraints included), because the Admin API shows schemas and decK reads them.
 * Source: Kong 3.9, kong/db/schema; the words of each error are in `validate.ts`.
 */

/** What one field may hold. `Out` is the TypeScript type of a validated, defaulted value. */
export interface Field<Out = unknown> {
  readonly type: 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'set' | 'map' | 'record' | 'foreign' | 'any'
  readonly required?: boolean
  readonly default?: unknown
  /** Set by the gateway where the file leaves it out (ids, times). */
  readonly auto?: boolean
  readonly unique?: boolean
  readonly description?: string
  /** A `{vault://…}` reference is resolved here. */
  readonly referenceable?: boolean
  readonly encrypted?: boolean
  readonly one_of?: readonly (string | number | boolean)[]
  readonly not_one_of?: readonly (string | number)[]
  readonly eq?: unknown
  readonly ne?: unknown
  readonly gt?: number
  readonly between?: readonly [number, number]
  readonly len_min?: number
  readonly len_max?: number
  readonly len_eq?: number
  readonly starts_with?: string
  readonly contains?: string
  readonly match?: RegExp
  readonly not_match?: RegExp
  readonly match_none?: readonly { readonly pattern: RegExp; readonly err: string }[]
  readonly match_all?: readonly { readonly pattern: RegExp; readonly err: string }[]
  readonly match_any?: { readonly patterns: readonly RegExp[]; readonly err: string }
  readonly is_regex?: boolean
  readonly uuid?: boolean
  readonly timestamp?: boolean
  readonly legacy?: boolean
  readonly err?: string
  /** Of a field that is still accepted and does nothing. */
  readonly deprecation?: {
    readonly message: string
    readonly removal_in_version: string
    readonly old_default?: number
  }
  readonly mutually_exclusive_subsets?: readonly (readonly string[])[]
  /** A check of one's own: the error's words, or nothing. */
  readonly custom?: (value: never) => string | undefined
  readonly elements?: Field
  readonly keys?: Field
  readonly values?: Field
  readonly fields?: Fields
  readonly entity_checks?: readonly EntityCheck[]
  readonly shorthand_fields?: readonly Shorthand[]
  /** Of a foreign key: the collection it names. */
  readonly reference?: string
  readonly on_delete?: 'cascade'
  /** Only for inference; never there at run time. */
  readonly out?: Out
}

/** Fields by name, in the order in which Kong lists them. */
export type Fields = { readonly [name: string]: Field }

/** A field that is accepted in the file and turned into others (`url` of a service, `redis_host` of a plugin). */
export interface Shorthand {
  readonly name: string
  readonly field: Field
  /** The fields that the value stands for. */
  readonly expand: (value: never) => Record<string, unknown>
  readonly deprecation?: { readonly replaced_with: readonly (readonly string[])[]; readonly message: string }
}

export type EntityCheck =
  | { readonly at_least_one_of: readonly string[] }
  | { readonly exactly_one_of: readonly string[] }
  | { readonly only_one_of: readonly string[] }
  | { readonly mutually_required: readonly string[] }
  | { readonly mutually_exclusive: readonly string[] }
  | {
      readonly conditional_at_least_one_of: {
        readonly if_field: string
        readonly if_match: Partial<Field>
        readonly then_at_least_one_of: readonly string[]
        readonly then_err?: string
        readonly else_match?: Partial<Field>
        readonly else_then_at_least_one_of?: readonly string[]
        readonly else_then_err?: string
      }
    }
  | { readonly mutually_exclusive_sets: { readonly set1: readonly string[]; readonly set2: readonly string[] } }
  | { readonly distinct: readonly string[] }
  | {
      readonly conditional: {
        readonly if_field: string
        readonly if_match: Partial<Field>
        readonly then_field: string
        readonly then_match: Partial<Field>
        readonly then_err?: string
      }
    }
  | {
      readonly custom_entity_check: {
        readonly field_sources: readonly string[]
        /** Only shown: here every check copes with what is missing. */
        readonly run_with_missing_fields?: true
        /** The error's words: a text for `@entity`, or by field; nothing when all is well. */
        readonly check: (entity: never) => string | Record<string, unknown> | undefined
      }
    }

type Options = Omit<Partial<Field>, 'type' | 'fields' | 'elements' | 'keys' | 'values' | 'out'>
type Present<O> = O extends { readonly required: true }
  ? true
  : O extends { readonly default: infer D }
    ? D extends undefined
      ? false
      : true
    : false
type Output<T, O> = Present<O> extends true ? T : T | null
type Literals<O, T> = O extends { readonly one_of: readonly (infer L)[] } ? L & T : T

export const string = <const O extends Options>(options?: O): Field<Output<Literals<O, string>, O>> => ({
  ...options,
  type: 'string',
})
export const number = <const O extends Options>(options?: O): Field<Output<number, O>> => ({
  ...options,
  type: 'number',
})
export const integer = <const O extends Options>(options?: O): Field<Output<number, O>> => ({
  ...options,
  type: 'integer',
})
export const boolean = <const O extends Options>(options?: O): Field<Output<boolean, O>> => ({
  ...options,
  type: 'boolean',
})

export const array = <E extends Field, const O extends Options>(
  elements: E,
  options?: O,
): Field<Output<readonly NonNullable<Value<E>>[], O>> => ({
  ...options,
  type: 'array',
  elements,
})

export const set = <E extends Field, const O extends Options>(
  elements: E,
  options?: O,
): Field<Output<readonly NonNullable<Value<E>>[], O>> => ({
  ...options,
  type: 'set',
  elements,
})

export const map = <V extends Field, const O extends Options>(
  keys: Field,
  values: V,
  options?: O,
): Field<Output<Readonly<Record<string, NonNullable<Value<V>>>>, O>> => ({
  ...options,
  type: 'map',
  keys,
  values,
})

/** A record; required unless said otherwise, as records inside Kong's entities are, so that nested defaults appear. */
export const record = <F extends Fields, const O extends Options>(
  fields: F,
  options?: O,
): Field<O extends { readonly required: false } ? RecordOf<F> | null : RecordOf<F>> => ({
  required: true,
  ...options,
  type: 'record',
  fields,
})

export const foreign = <const O extends Options>(
  reference: string,
  options?: O,
): Field<Output<{ readonly id: string }, O>> => ({
  ...options,
  type: 'foreign',
  reference,
})

/** The validated value of a field. */
export type Value<F> = F extends Field<infer Out> ? Out : never
type RecordOf<F extends Fields> = { readonly [K in keyof F]: Value<F[K]> }
