import type { ErrorTree } from '../schema/error-tree.ts'
import { isTable, type Table } from '../schema/lua-table.ts'
import { suggest } from '../spelling.ts'
import type { EntityNode } from './entity-node.ts'

const taken = (node: EntityNode, field: string, value: unknown): string =>
  `uniqueness violation: '${node.schema.name}' entity with ${field} set to '${value}' already declared`

interface Index {
  readonly byId: Map<string, EntityNode>
  readonly byKey: Map<string, EntityNode>
}

/** Every entity by collection, and there by id and by name. */
export class Directory {
  readonly #collections = new Map<string, Index>()

  of(collection: string): Index {
    let index = this.#collections.get(collection)
    if (!index) {
      index = { byId: new Map(), byKey: new Map() }
      this.#collections.set(collection, index)
    }
    return index
  }

  find(collection: string, reference: string): EntityNode | undefined {
    const { byId, byKey } = this.of(collection)
    return byKey.get(reference) ?? byId.get(reference)
  }
}

/** An error with the entity it concerns: Kong's tree does not always tell where that stands. */
export interface Located {
  readonly node: EntityNode
  /** The record of the entity that holds the field, where the entity itself does not. */
  readonly record?: string
  readonly field: string
  readonly message: string
  /** The same for people, where Kong's words leave the reader in the dark. */
  readonly told?: string
}

/** Enters every entity in a directory; ids and names that come twice are told where Kong tells them. */
export function buildDirectory(nodes: readonly EntityNode[], errors: ErrorTree, located: Located[]): Directory {
  const directory = new Directory()
  for (const node of nodes) {
    const { byId, byKey } = directory.of(node.schema.name)
    const index = (node.path.at(-1) as number) + 1
    const keyField = node.schema.endpoint_key
    const key = keyField === undefined ? undefined : node.value[keyField]
    if (keyField !== undefined && typeof key === 'string' && byKey.has(key)) {
      errors.child(node.schema.name).set(index, taken(node, keyField, key))
      located.push({ node, field: keyField, message: taken(node, keyField, key) })
      continue
    }
    if (typeof key === 'string') byKey.set(key, node)
    const id = node.value.id as string
    if (byId.has(id)) {
      const message = taken(node, 'primary key', id)
      placeOf(node, errors).set(index, message)
      located.push({ node, field: 'id', message, ...(node.raw.id === undefined && { told: tellTwice(node) }) })
    } else byId.set(id, node)
  }
  return directory
}

/** Kong puts an id that comes twice below the parent, and the parent at the top, wherever that stands. */
function placeOf({ parent, schema }: EntityNode, errors: ErrorTree): ErrorTree {
  if (!parent) return errors.child(schema.name)
  return errors
    .child(parent.node.schema.name)
    .child((parent.node.path.at(-1) as number) + 1)
    .child(schema.name)
}

/** Puts `{ id }` in the place of each foreign key; those that name nothing are told by the entity's name or id. */
export function resolveReferences(
  nodes: readonly EntityNode[],
  directory: Directory,
  errors: ErrorTree,
  located: Located[],
): void {
  for (const node of nodes) {
    if (node.parent) node.value[node.parent.key] = { id: node.parent.node.value.id }
    for (const [name, field] of Object.entries(node.schema.fields)) {
      if (field.type !== 'foreign' || name === node.parent?.key) continue
      const given = node.raw[name]
      if (given === undefined || given === null) continue
      const found = directory.find(field.reference ?? '', referenceText(given))
      if (found) {
        node.value[name] = { id: found.value.id }
        continue
      }
      const written = typeof given === 'string' ? given : JSON.stringify(given)
      const message = `invalid reference '${name}: ${written}' (no such entry in '${field.reference}')`
      addReferenceError(node, message, errors)
      located.push({ node, field: name, message, told: tellUnknown(field.reference ?? '', written, directory) })
    }
  }
}

const tellTwice = ({ schema, raw }: EntityNode): string => {
  const called = (schema.cache_key ?? []).map((name) => raw[name]).find((value) => typeof value === 'string')
  return `the same is in ${schema.name} already${called === undefined ? '' : `: '${called}' for the same scope`}`
}

function tellUnknown(collection: string, written: string, directory: Directory): string {
  const right = suggest(written, [...directory.of(collection).byKey.keys()])
  return `there is no '${written}' in ${collection}${right === undefined ? '' : `; did you mean '${right}'?`}`
}

/** What a foreign key names: a text, or the `id` of an object. */
function referenceText(given: unknown): string {
  const id = isTable(given) ? (given as Table).id : given
  return typeof id === 'string' ? id : ''
}

/** Kong tells it by the entity's name or id, and fails itself where the name is missing: there it is told by place. */
function addReferenceError(node: EntityNode, message: string, errors: ErrorTree): void {
  const { endpoint_key } = node.schema
  const key = endpoint_key === undefined ? node.value.id : node.value[endpoint_key]
  const isNamed = typeof key === 'string'
  const at = isNamed ? key : (node.path.at(-1) as number) + 1
  const tree = isNamed ? errors.child(node.schema.name) : placeOf(node, errors)
  const known = tree.get(at)
  tree.set(at, Array.isArray(known) ? [...known, message] : [message])
}

/** Tells values of other unique fields (a consumer's `custom_id`) that come twice. */
export function checkUniqueFields(nodes: readonly EntityNode[], errors: ErrorTree, located: Located[]): void {
  const seen = new Set<string>()
  for (const node of nodes) {
    const { endpoint_key, fields, name: collection } = node.schema
    for (const [name, field] of Object.entries(fields)) {
      const value = node.value[name]
      if (!field.unique || name === endpoint_key || typeof value !== 'string') continue
      const entry = `${collection}/${name}/${value}`
      if (!seen.has(entry)) {
        seen.add(entry)
        continue
      }
      const key = endpoint_key === undefined ? undefined : node.value[endpoint_key]
      errors.child(collection).set(typeof key === 'string' ? key : String(node.value.id), taken(node, name, value))
      located.push({ node, field: name, message: taken(node, name, value) })
    }
  }
}
