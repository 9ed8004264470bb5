import type { CollectionName, Collections } from './entities.ts'

type Tables = { readonly [C in CollectionName]: ReadonlyMap<string, Collections[C]> }

/** How an entity of a collection is shown. */
type Show = (collection: CollectionName, entity: object) => object

/** One loaded configuration. It never changes; an edit makes a new one. */
export class Configuration {
  /** MD5 of the text it was read from, 32 hex digits; 32 zeros for the empty configuration. */
  readonly hash: string
  readonly #tables: Partial<Tables>
  readonly #show: Show
  readonly #indexes = new Map<string, ReadonlyMap<string, never>>()

  constructor(tables: Partial<Tables> = {}, hash = '0'.repeat(32), show: Show = (_, entity) => entity) {
    this.#tables = tables
    this.hash = hash
    this.#show = show
  }

  /**
   * An entity of a table as it is to be shown: `{vault://…}` stands for its secrets, which the tables hold, and what
   * Kong shows besides what it stores is there.
   */
  shown<T extends object>(collection: CollectionName, entity: T): T {
    return this.#show(collection, entity) as T
  }

  /** The collections that have entities. */
  get collections(): CollectionName[] {
    return Object.keys(this.#tables) as CollectionName[]
  }

  /** Every entity of a collection by id, in the order of the file. */
  table<C extends CollectionName>(collection: C): ReadonlyMap<string, Collections[C]> {
    return (this.#tables[collection] as ReadonlyMap<string, Collections[C]> | undefined) ?? new Map()
  }

  /**
   * The entities of a collection by another unique field, such as `jwt_secrets` by `key`. The index is made at the
   * first call and kept as long as the configuration.
   */
  by<C extends CollectionName>(
    collection: C,
    field: keyof Collections[C] & string,
  ): ReadonlyMap<string, Collections[C]> {
    return this.#index(`${collection}/${field}`, () => {
      const index = new Map<string, Collections[C]>()
      for (const entity of this.table(collection).values()) {
        const value = entity[field]
        if (typeof value === 'string') index.set(value, entity)
      }
      return index
    })
  }

  /** The entities of a collection by the id of the entity that a foreign key names, such as `acls` by `consumer`. */
  groupedBy<C extends CollectionName>(
    collection: C,
    foreignKey: keyof Collections[C] & string,
  ): ReadonlyMap<string, readonly Collections[C][]> {
    return this.#index(`${collection}//${foreignKey}`, () => {
      const groups = new Map<string, Collections[C][]>()
      for (const entity of this.table(collection).values()) {
        const reference = entity[foreignKey] as { id: string } | null
        if (!reference) continue
        const group = groups.get(reference.id)
        if (group) group.push(entity)
        else groups.set(reference.id, [entity])
      }
      return groups
    })
  }

  #index<V>(name: string, make: () => ReadonlyMap<string, V>): ReadonlyMap<string, V> {
    let index = this.#indexes.get(name) as ReadonlyMap<string, V> | undefined
    if (!index) {
      index = make()
      this.#indexes.set(name, index as ReadonlyMap<string, never>)
    }
    return index
  }
}
