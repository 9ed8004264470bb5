import { entitySchemas } from '../entities/index.ts'
import { ENTITY, type ErrorNode, ErrorTree } from '../schema/error-tree.ts'
import { asLuaJson, isTable, type Table } from '../schema/lua-table.ts'
import { writeLua } from '../schema/lua-text.ts'

const CODE = { code: 14, name: 'invalid declarative configuration' } as const

/** The body of Kong's answer to a document it refuses. */
export function kongError(tree: ErrorTree): object {
  return { ...CODE, message: `declarative config is invalid: ${writeLua(tree)}`, fields: tree }
}

/** The same with `flatten_errors`: errors by entity, what belongs to no entity left in the tree. */
export function flattenedKongError(tree: ErrorTree, document: Table): object {
  const rest = new ErrorTree()
  rest.merge(tree)
  const flattened = flattenErrors(structuredClone(document) as Record<string, unknown>, rest)
  return { ...kongError(rest), flattened_errors: flattened.length === 0 ? {} : flattened }
}

interface FlatError {
  readonly type: 'field' | 'entity'
  readonly field?: string
  readonly message: string
}

interface FlatEntity {
  readonly entity_type: string
  readonly entity_id?: string
  readonly entity_name?: string
  readonly entity_tags?: readonly string[]
  readonly entity: unknown
  readonly errors: readonly FlatError[]
}

interface Relation {
  readonly field: string
  readonly entity: string
  readonly reference: string
}

const relations: readonly Relation[] = [...entitySchemas.values()].flatMap(({ name, fields }) =>
  Object.entries(fields).flatMap(([field, { type, reference }]) =>
    type === 'foreign' && reference ? [{ field, entity: name, reference }] : [],
  ),
)

/** Keys from last to first, the order in which Kong goes through its errors. */
const keysOf = (tree: ErrorTree): (string | number)[] =>
  [...tree].map(([key]) => key).sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))

function flattenErrors(document: Record<string, unknown>, tree: ErrorTree): FlatEntity[] {
  const flattened: FlatEntity[] = []
  for (const collection of keysOf(tree)) {
    const errors = tree.get(collection)
    const entities = document[collection]
    if (!(errors instanceof ErrorTree) || !isTable(entities)) continue
    tree.delete(collection)
    const unreadable = new ErrorTree()
    for (const index of keysOf(errors)) {
      const entity = typeof index === 'number' && Array.isArray(entities) ? entities[index - 1] : undefined
      const node = errors.get(index)
      if (node === undefined) continue
      if (isTable(entity)) addEntity(String(collection), entity as Record<string, unknown>, node, flattened)
      else if (typeof index === 'number') unreadable.set(index, node)
    }
    if (!unreadable.isEmpty) tree.set(collection, unreadable)
  }
  return flattened
}

function addEntity(
  collection: string,
  entity: Record<string, unknown>,
  node: ErrorNode,
  flattened: FlatEntity[],
): void {
  const errors = new ErrorTree()
  if (node instanceof ErrorTree) errors.merge(node)
  else for (const message of [node].flat()) errors.addEntityError(message)
  const key = typeof entity.id === 'string' && UUID.test(entity.id) ? { id: entity.id } : undefined
  for (const relation of relations) {
    if (relation.entity === collection) hoistParent(relation, entity, errors, flattened)
    else if (relation.reference === collection) hoistChildren(relation, entity, errors, flattened, key)
  }
  const found = categorise(errors, '')
  if (found.length === 0) return
  const { name, tags } = entity
  flattened.push({
    entity_type: collection.replace(/s$/, ''),
    ...(key && { entity_id: key.id }),
    ...(typeof name === 'string' && name !== '' && { entity_name: name }),
    ...(Array.isArray(tags) && tags.every((tag) => typeof tag === 'string') && { entity_tags: tags }),
    entity: asLuaJson(entity),
    errors: found,
  })
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

function hoistParent(
  { field, reference }: Relation,
  entity: Record<string, unknown>,
  errors: ErrorTree,
  flattened: FlatEntity[],
): void {
  const value = entity[field]
  if (!isTable(value)) return
  const node = errors.get(field)
  errors.delete(field)
  const { id } = value as Table
  if (typeof id === 'string') entity[field] = { id }
  else delete entity[field]
  if (node instanceof ErrorTree) addEntity(reference, value as Record<string, unknown>, node, flattened)
}

function hoistChildren(
  { field, entity: collection }: Relation,
  entity: Record<string, unknown>,
  errors: ErrorTree,
  flattened: FlatEntity[],
  key: { id: string } | undefined,
): void {
  const children = entity[collection]
  if (!isTable(children)) return
  const nodes = errors.get(collection)
  delete entity[collection]
  errors.delete(collection)
  if (!(nodes instanceof ErrorTree) || !Array.isArray(children)) return
  children.forEach((child: unknown, i) => {
    const node = nodes.get(i + 1)
    if (!isTable(child) || node === undefined) return
    const item = child as Record<string, unknown>
    if (item[field] === undefined && key) item[field] = key
    addEntity(collection, item, node, flattened)
  })
}

function categorise(node: ErrorNode, path: string): FlatError[] {
  if (!(node instanceof ErrorTree)) return [node].flat().map((message) => ({ type: 'field', field: path, message }))
  return keysOf(node).flatMap((key) => {
    const below = node.get(key) ?? ''
    if (key === ENTITY && !(below instanceof ErrorTree))
      return [below].flat().map((message): FlatError => ({ type: 'entity', message }))
    return categorise(below, path === '' ? String(key) : `${path}.${key}`)
  })
}
