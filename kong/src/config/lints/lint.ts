import type { EntityNode } from '../document/entity-node.ts'
import type { CollectionName, Collections, PluginEntity } from '../entities.ts'

/** Something that is valid but hardly meant: which field it concerns, and why. */
export interface Doubt {
  readonly field: string | undefined
  readonly message: string
}

/** One thing to look for in the entities of a collection. */
export interface Lint<C extends CollectionName = CollectionName> {
  readonly on: C
  /** What it looks for, for readers of the documentation. */
  readonly about: string
  readonly find: (entity: Collections[C], node: EntityNode, whole: Whole) => Doubt | undefined
}

/** Fixes the type of the entity by the collection's name. */
export const lint = <C extends CollectionName>(entry: Lint<C>): Lint => entry as unknown as Lint

/**
 * A lint on the instances of one plugin. `find` never sees another plugin's configuration, in which a field of the same
 * name may have another type.
 */
export const pluginLint = <Config>(
  plugin: string,
  about: string,
  find: (config: Config, node: EntityNode, whole: Whole, entity: PluginEntity) => Doubt | undefined,
): Lint =>
  lint({
    on: 'plugins',
    about,
    find: (entity, node, whole) =>
      entity.name === plugin ? find(entity.config as Config, node, whole, entity) : undefined,
  })

export const doubt = (field: string | undefined, message: string): Doubt => ({ field, message })

/** Every entity of a document. */
export class Whole {
  readonly #byCollection = new Map<string, EntityNode[]>()
  readonly #notes = new Map<string, unknown>()

  constructor(nodes: readonly EntityNode[]) {
    for (const node of nodes) {
      const { name } = node.schema
      const known = this.#byCollection.get(name)
      if (known) known.push(node)
      else this.#byCollection.set(name, [node])
    }
  }

  of<C extends CollectionName>(collection: C): readonly Collections[C][] {
    return (this.#byCollection.get(collection) ?? []).map(({ value }) => value as unknown as Collections[C])
  }

  /** Something worked out once for the whole document. */
  note<T>(name: string, work: () => T): T {
    if (!this.#notes.has(name)) this.#notes.set(name, work())
    return this.#notes.get(name) as T
  }
}
