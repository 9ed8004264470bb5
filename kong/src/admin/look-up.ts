/** Finding entities as the Admin API's paths name them. */
import type { Configuration } from '../config/configuration.ts'
import type { CollectionName } from '../config/entities.ts'
import type { ShownCollection } from './collections.ts'

/** An entity of whatever collection. */
export type Entity = Readonly<Record<string, unknown>> & { readonly id: string }

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const isUuid = (text: string): boolean => UUID.test(text)

/** Every entity of a collection in the order of the ids, as Kong's own store keeps them. */
export const entitiesOf = (configuration: Configuration, name: CollectionName): Entity[] =>
  [...configuration.table(name).values()]
    .map((entity) => configuration.shown(name, entity) as unknown as Entity)
    .sort((a, b) => (a.id < b.id ? -1 : 1))

/** An entity by its id or its other name. */
export function findEntity(
  configuration: Configuration,
  { name, key }: ShownCollection,
  given: string,
): Entity | undefined {
  if (isUuid(given)) return entityOf(configuration, name, given.toLowerCase())
  if (key === undefined || name === 'acls') return undefined
  return entitiesOf(configuration, name).find((entity) => entity[key] === given)
}

/** What a foreign key of an entity names. */
export function parentOf(
  configuration: Configuration,
  entity: Entity,
  field: string,
  collection: CollectionName,
): Entity | undefined {
  const reference = entity[field] as { id: string } | null | undefined
  return reference ? entityOf(configuration, collection, reference.id) : undefined
}

function entityOf(configuration: Configuration, name: CollectionName, id: string): Entity | undefined {
  const entity = configuration.table(name).get(id)
  return entity && (configuration.shown(name, entity) as unknown as Entity)
}

/** The entities of a collection that belong to another entity. */
export const childrenOf = (
  configuration: Configuration,
  name: CollectionName,
  field: string,
  parentId: string,
): Entity[] =>
  entitiesOf(configuration, name).filter(
    (entity) => (entity[field] as { id: string } | null | undefined)?.id === parentId,
  )
