import type { EntitySchema } from '../entities/entity-schema.ts'
import { entitySchemas } from '../entities/index.ts'
import type { Fields } from '../schema/field.ts'

/** Where a value stands in the document: names and list indexes (from 0), outermost first. */
export type Path = readonly (string | number)[]

/** One entity of the document, with those nested in it. */
export interface EntityNode {
  readonly schema: EntitySchema
  /** As it stands in the document, without what is nested in it. */
  readonly raw: Readonly<Record<string, unknown>>
  /** What it may hold, its kind considered. */
  readonly fields: Fields
  /** Validated, with defaults; ids, times and references are put in later. */
  readonly value: Record<string, unknown>
  readonly path: Path
  /** The entity it is nested in, and the foreign key that names it. */
  readonly parent: { readonly node: EntityNode; readonly key: string } | undefined
  readonly children: EntityNode[]
}

/** Collection → the collections that may be nested in it → the foreign key by which those name it. */
const nesting: ReadonlyMap<string, ReadonlyMap<string, string>> = (() => {
  const found = new Map<string, Map<string, string>>()
  for (const schema of entitySchemas.values()) found.set(schema.name, new Map())
  for (const child of entitySchemas.values()) {
    for (const [key, field] of Object.entries(child.fields)) {
      if (field.type === 'foreign' && field.reference !== undefined) found.get(field.reference)?.set(child.name, key)
    }
  }
  return found
})()

/** The collections that may be nested in a collection's entities, each with the foreign key that then names the parent. */
export const nestedIn = (collection: string): ReadonlyMap<string, string> => nesting.get(collection) ?? new Map()

/** Every node, parents before their children, in the order of the document. */
export function* eachNode(nodes: Iterable<EntityNode>): Generator<EntityNode> {
  for (const node of nodes) {
    yield node
    yield* eachNode(node.children)
  }
}
