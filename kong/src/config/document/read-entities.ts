import { oncePer } from '../../once-per.ts'
import type { EntitySchema, Registry, SpecialShape } from '../entities/entity-schema.ts'
import { entitySchemas } from '../entities/index.ts'
import { ErrorTree } from '../schema/error-tree.ts'
import { array, boolean, type Field, type Fields, string } from '../schema/field.ts'
import { asList, asObject, isTable, type Table } from '../schema/lua-table.ts'
import { type RecordShape, validateRecord } from '../schema/validate.ts'
import { whyUnsupported } from '../unsupported.ts'
import { type EntityNode, nestedIn, type Path } from './entity-node.ts'

/**
 * How foreign keys are written: `name` as a text (id or name) at the top, absent where the parent is told by nesting;
 * `key` as `{ id }` everywhere, in Kong's second look at a document that failed the first.
 */
export type ReferenceStyle = 'name' | 'key'

export interface Reading {
  readonly registry: Registry
  readonly style: ReferenceStyle
}

const extras = { _comment: string(), _ignore: array({ type: 'any' }) } satisfies Fields

const top: Fields = {
  _format_version: string({ required: true, one_of: ['1.1', '2.1', '3.0'] }),
  _transform: boolean({ default: true }),
  ...extras,
}

export interface ReadDocument {
  readonly nodes: EntityNode[]
  readonly transform: boolean
  readonly errors: ErrorTree | undefined
}

/** Reads a whole document into entities, with every error that Kong's schemas find. */
export function readDocument(document: Table, reading: Reading): ReadDocument {
  const collections: [EntitySchema, unknown][] = []
  const unsupported = new ErrorTree()
  const own = Object.entries(document).filter(([key, value]) => {
    const schema = entitySchemas.get(key)
    const reason = whyUnsupported(key, value)
    if (schema) collections.push([schema, value])
    else if (reason) unsupported.set(key, reason)
    return !schema && reason === undefined
  })
  const { value, error: errors = new ErrorTree() } = validateRecord({ fields: top }, Object.fromEntries(own))
  errors.merge(unsupported)
  const nodes: EntityNode[] = []
  for (const [schema, list] of collections)
    readCollection({ schema, list, path: [schema.name], parent: undefined }, nodes, errors, reading)
  return { nodes, transform: value._transform !== false, errors: errors.isEmpty ? undefined : errors }
}

interface Collection {
  readonly schema: EntitySchema
  readonly list: unknown
  readonly path: Path
  readonly parent: EntityNode['parent']
}

function readCollection(
  { schema, list, path, parent }: Collection,
  into: EntityNode[],
  errors: ErrorTree,
  reading: Reading,
): void {
  if (list === null || list === undefined) return
  const items = isTable(list) ? asList(list) : undefined
  if (!items) {
    errors.set(schema.name, 'expected an array')
    return
  }
  const found = new ErrorTree()
  items.forEach((item, i) => {
    if (!isTable(item)) {
      found.set(i + 1, 'expected a record')
      return
    }
    const { node, error } = readEntity(schema, asObject(item), [...path, i], parent, reading)
    into.push(node)
    if (error) found.set(i + 1, error)
  })
  if (!found.isEmpty) errors.set(schema.name, found)
}

function readEntity(
  schema: EntitySchema,
  item: Table,
  path: Path,
  parent: EntityNode['parent'],
  reading: Reading,
): { node: EntityNode; error: ErrorTree | undefined } {
  const nested = nestedIn(schema.name)
  const collections: [EntitySchema, string, unknown][] = []
  const own = Object.entries(item).filter(([key, value]) => {
    const foreignKey = nested.get(key)
    const child = entitySchemas.get(key)
    if (!child || foreignKey === undefined) return true
    collections.push([child, foreignKey, value])
    return false
  })
  const raw = Object.fromEntries(own)
  const { value, error, fields } = validateEntity(schema, raw, reading, parent !== undefined)
  const node: EntityNode = { schema, raw, fields, value, path, parent, children: [] }
  const errors = error ?? new ErrorTree()
  for (const [child, key, list] of collections) {
    readCollection(
      { schema: child, list, path: [...path, child.name], parent: { node, key } },
      node.children,
      errors,
      reading,
    )
  }
  return { node, error: errors.isEmpty ? undefined : errors }
}

interface Validated {
  readonly value: Record<string, unknown>
  readonly error: ErrorTree | undefined
  readonly fields: Fields
}

/** Checks one entity's own fields and fills in its defaults. */
export function validateEntity(
  schema: EntitySchema,
  raw: Table,
  { registry, style }: Reading,
  isNested: boolean,
): Validated {
  const shape = shapeFor(schema, style, isNested)
  const special = schema.specialise?.(raw, registry)
  if (special && 'problem' in special) return { value: {}, error: onlyError(special), fields: shape.fields }
  const whole = special ? shapeOfKind(special)(shape) : shape
  const { value, error } = validateRecord(whole, raw)
  return { value, error, fields: whole.fields }
}

/** Of an entity whose kind is not known nothing else is judged. */
function onlyError({ field, problem }: { readonly field: string; readonly problem: string }): ErrorTree {
  const errors = new ErrorTree()
  errors.set(field, problem)
  return errors
}

/** What an entity may hold in one place of a document. */
interface PlacedShape extends RecordShape {
  readonly style: ReferenceStyle
  readonly isNested: boolean
}

const shapesOf = oncePer((schema: EntitySchema) => {
  const place = (style: ReferenceStyle, isNested: boolean): PlacedShape => {
    const fields = { ...inStyle(schema.fields, style, isNested), ...extras }
    return { ...schema, fields, style, isNested }
  }
  return { atTop: place('name', false), nested: place('name', true), withKeys: place('key', false) }
})

function shapeFor(schema: EntitySchema, style: ReferenceStyle, isNested: boolean): PlacedShape {
  const { atTop, nested, withKeys } = shapesOf(schema)
  if (style === 'key') return withKeys
  return isNested ? nested : atTop
}

/** The shape of one kind of entity: the general one, and over it what is special about the kind. */
const shapeOfKind = oncePer((special: SpecialShape) =>
  oncePer(
    ({ style, isNested, fields, entity_checks = [], ...shape }: PlacedShape): RecordShape => ({
      ...shape,
      fields: { ...fields, ...inStyle(special.fields, style, isNested) },
      entity_checks: [...entity_checks, ...(special.entity_checks ?? [])],
    }),
  ),
)

/** The fields with foreign keys described as they are written in this place. */
function inStyle(fields: Fields, style: ReferenceStyle, isNested: boolean): Fields {
  if (style === 'key') return fields
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      field.type === 'foreign' ? asWritten(field, isNested) : field,
    ]),
  )
}

function asWritten(field: Field, isNested: boolean): Field {
  if (isNested) return { ...field, required: false, eq: null }
  return { ...field, type: 'string' }
}
