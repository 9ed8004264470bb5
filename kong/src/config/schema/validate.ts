import { oncePer } from '../../once-per.ts'
import { checkConstraints } from './constraints.ts'
import { runEntityChecks } from './entity-checks.ts'
import { type ErrorNode, ErrorTree } from './error-tree.ts'
import type { EntityCheck, Field, Fields, Shorthand } from './field.ts'
import { asList, asObject, isTable, members, type Table } from './lua-table.ts'
import { expandShorthands } from './shorthands.ts'
import { isVaultReference } from './vault-references.ts'

/** A value with defaults filled in and sets without repeats, and what is wrong with it. */
export interface Outcome {
  readonly value: unknown
  readonly error: ErrorNode | undefined
}

/** What a record, an entity or a plugin's configuration may hold. */
export interface RecordShape {
  readonly fields: Fields
  readonly entity_checks?: readonly EntityCheck[]
  readonly shorthand_fields?: readonly Shorthand[]
}

export const REQUIRED = 'required field missing'
export const UNKNOWN = 'unknown field'

/** Checks one value against its field, in Kong's words. */
export function validateField(field: Field, value: unknown): Outcome {
  if (value === null) return validateNull(field)
  if (field.referenceable && isVaultReference(value)) return right(value)
  const { value: read, error } = validateType(field, value)
  if (error !== undefined) return { value: read, error }
  const broken = checkConstraints(read, field)
  return { value: read, error: broken }
}

function validateNull({ eq, ne, err, required }: Field): Outcome {
  if (ne === null) return wrong(null, err ?? 'value must not be null')
  if (eq !== undefined && eq !== null) return wrong(null, `value must be ${eq}`)
  return required ? wrong(null, REQUIRED) : right(null)
}

/** Members of lists and maps are all required. */
const validateElement = (field: Field, value: unknown): Outcome =>
  value === null ? validateNull({ ...field, required: true }) : validateField(field, value)

const wrong = (value: unknown, error: ErrorNode): Outcome => ({ value, error })
const right = (value: unknown): Outcome => ({ value, error: undefined })

function validateType(field: Field, value: unknown): Outcome {
  if (field.eq === null) return wrong(value, field.err ?? 'value must be null')
  switch (field.type) {
    case 'string':
      return typeof value === 'string' ? right(value) : wrong(value, 'expected a string')
    case 'number':
      return typeof value === 'number' ? right(value) : wrong(value, 'expected a number')
    case 'integer':
      return Number.isInteger(value) ? right(value) : wrong(value, 'expected an integer')
    case 'boolean':
      return typeof value === 'boolean' ? right(value) : wrong(value, 'expected a boolean')
    case 'array':
    case 'set':
      return validateList(field, value)
    case 'map':
      return validateMap(field, value)
    case 'record':
      return isTable(value)
        ? validateRecord({ ...field, fields: field.fields ?? {} }, asObject(value))
        : wrong(value, 'expected a record')
    case 'foreign':
      return validateReference(value)
    case 'any':
      return right(value)
  }
}

/** Repeated members of a set count once, also where errors tell which one is wrong. */
function validateList({ type, elements }: Field, value: unknown): Outcome {
  const given = isTable(value) ? asList(value) : undefined
  if (!given) return wrong(value, `expected ${type === 'set' ? 'a set' : 'an array'}`)
  const list = type === 'set' ? [...new Set(given)] : given
  if (!elements) return right(list)
  let errors: ErrorTree | undefined
  const read = list.map((element, i) => {
    const outcome = validateElement(elements, element)
    if (outcome.error !== undefined) {
      errors ??= new ErrorTree()
      errors.set(i + 1, outcome.error)
    }
    return outcome.value
  })
  return errors ? wrong(list, errors) : right(read)
}

/** A map's errors carry no keys: the first one stands for the whole. */
function validateMap({ keys, values }: Field, value: unknown): Outcome {
  if (!isTable(value)) return wrong(value, 'expected a map')
  const read: Record<string, unknown> = {}
  for (const [key, member] of members(value)) {
    const name = keys ? validateField(keys, key) : right(key)
    if (name.error !== undefined) return wrong(value, name.error)
    const outcome = values ? validateElement(values, member) : right(member)
    if (outcome.error !== undefined) return wrong(value, outcome.error)
    Object.defineProperty(read, key, { value: outcome.value, enumerable: true, writable: true, configurable: true })
  }
  return right(read)
}

const PRIMARY_KEY: Field = { type: 'string', uuid: true }

function validateReference(value: unknown): Outcome {
  const id = isTable(value) ? asObject(value).id : undefined
  const problem =
    id === undefined ? 'missing primary key' : id === null ? REQUIRED : validateField(PRIMARY_KEY, id).error
  if (problem === undefined) return right({ id })
  const errors = new ErrorTree()
  errors.set('id', problem)
  return wrong(value, errors)
}

const entriesOf = oncePer((fields: Fields) => Object.entries(fields))

/** Checks the fields of a record, fills in defaults, and runs the checks over several fields. */
export function validateRecord(
  shape: RecordShape,
  given: Table,
): { value: Record<string, unknown>; error: ErrorTree | undefined } {
  const errors = new ErrorTree()
  const input = expandShorthands(shape.shorthand_fields ?? [], given, { errors, validate: validateField })
  const mayLack = !errors.isEmpty
  for (const name of Object.keys(input)) if (!Object.hasOwn(shape.fields, name)) errors.set(name, UNKNOWN)
  const read: Record<string, unknown> = {}
  for (const [name, field] of entriesOf(shape.fields)) {
    const { value, error } =
      Object.hasOwn(input, name) && input[name] !== undefined ? present(field, input[name]) : absent(field)
    if (error !== undefined && !(mayLack && error === REQUIRED)) errors.set(name, error)
    if (value !== undefined) read[name] = value
  }
  if (shape.entity_checks)
    runEntityChecks(shape.entity_checks, { entity: read, fields: shape.fields, errors, validate: validateField })
  return { value: read, error: errors.isEmpty ? undefined : errors }
}

/** A default of the schema, which entities must not share. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  return isTable(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copyOf(member)]))
    : value
}

const present = (field: Field, value: unknown): Outcome =>
  value === null && field.required ? wrong(null, REQUIRED) : validateField(field, value)

function absent(field: Field): Outcome {
  if (field.default !== undefined) {
    if (field.type === 'record' && isTable(field.default)) return validateField(field, field.default)
    return right(copyOf(field.default))
  }
  if (field.auto) return right(undefined)
  if (field.type === 'record' && field.required) return validateField(field, {})
  return field.required ? wrong(undefined, REQUIRED) : right(null)
}
