import { randomUUID } from 'node:crypto'
import type { Registry } from '../entities/entity-schema.ts'
import { type ErrorNode, ErrorTree } from '../schema/error-tree.ts'
import { isTable, type Table } from '../schema/lua-table.ts'
import { type EntityNode, eachNode, type Path } from './entity-node.ts'
import { deriveId } from './ids.ts'
import { type ReadDocument, readDocument } from './read-entities.ts'
import { Directory } from './references.ts'

/**
 * What is wrong with a document that failed the first look. Kong tries again with every foreign key filled in, and
 * tells the errors of that second look, together with the first one's "value must be null"; when the second look finds
 * nothing, the document is good.
 */
export function lookAgain(document: Table, first: ReadDocument, registry: Registry): ErrorTree | undefined {
  const { errors } = readDocument(withForeignKeys(document, first.nodes), { registry, style: 'key' })
  if (errors && first.errors) errors.merge(onlyNullErrors(first.errors))
  return errors
}

/** The member of a document at a path, and a copy of the document that may be changed. */
export function memberOf(document: unknown, path: Path): Record<string, unknown> {
  let at: unknown = document
  for (const step of path) at = (at as Table)[step]
  return at as Record<string, unknown>
}

function withForeignKeys(document: Table, roots: readonly EntityNode[]): Table {
  const copy = structuredClone(document)
  const nodes = [...eachNode(roots)]
  const ids = new Map<EntityNode, string>()
  const directory = new Directory()
  for (const node of nodes) {
    const id =
      typeof node.raw.id === 'string'
        ? node.raw.id
        : (deriveId(node, node.parent && ids.get(node.parent.node)) ?? randomUUID())
    ids.set(node, id)
    const { byId, byKey } = directory.of(node.schema.name)
    byId.set(id, node)
    const key = node.schema.endpoint_key === undefined ? undefined : node.raw[node.schema.endpoint_key]
    if (typeof key === 'string') byKey.set(key, node)
  }
  for (const node of nodes) {
    const item = memberOf(copy, node.path)
    item.id ??= ids.get(node)
    if (node.parent) item[node.parent.key] ??= { id: ids.get(node.parent.node) }
    for (const [name, field] of Object.entries(node.schema.fields)) {
      const reference = item[name]
      if (field.type !== 'foreign' || typeof reference !== 'string') continue
      const found = directory.find(field.reference ?? '', reference)
      if (found) item[name] = { id: ids.get(found) }
    }
  }
  return copy
}

function onlyNullErrors(tree: ErrorTree): ErrorTree {
  const kept = new ErrorTree()
  for (const [key, node] of tree) {
    const reduced = nullErrorsOf(node)
    if (reduced !== undefined) kept.set(key, reduced)
  }
  return kept
}

function nullErrorsOf(node: ErrorNode): ErrorNode | undefined {
  if (node instanceof ErrorTree) {
    const kept = onlyNullErrors(node)
    return kept.isEmpty ? undefined : kept
  }
  return node === 'value must be null' ? node : undefined
}

/** A copy of the document in which every entity has its id, as Kong shows them in errors of references and uniqueness. */
export function withIds(document: Table, roots: readonly EntityNode[]): Table {
  const copy = structuredClone(document)
  const ids = new Map<EntityNode, string>()
  for (const node of eachNode(roots)) {
    const id = typeof node.raw.id === 'string' ? node.raw.id : deriveId(node, node.parent && ids.get(node.parent.node))
    if (id === undefined) continue
    ids.set(node, id)
    const item = memberOf(copy, node.path)
    if (isTable(item)) item.id = id
  }
  return copy
}
