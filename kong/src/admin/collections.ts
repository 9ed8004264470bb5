/** Which collections the Admin API shows, and by which words. */

import { entitySchemas } from '../config/entities/index.ts'
import type { CollectionName } from '../config/entities.ts'

export interface ShownCollection {
  readonly name: CollectionName
  /** Its list at the top; undefined for targets, which have none. */
  readonly path: string | undefined
  /** Its list beneath the entity that it belongs to. */
  readonly nestedPath: string
  /** The field besides `id` by which paths name an entity. */
  readonly key: string | undefined
  /** Foreign key → the collection that it names. */
  readonly parents: ReadonlyMap<string, CollectionName>
}

/** Where the paths are not the collection's own name. */
const PATHS: Partial<Record<CollectionName, { path?: string; nestedPath?: string; key?: string }>> = {
  targets: { key: 'target' },
  plugins: { key: 'instance_name' },
  acls: { key: 'group' },
  key_sets: { path: 'key-sets', nestedPath: 'key-sets' },
  jwt_secrets: { path: 'jwts', nestedPath: 'jwt' },
  keyauth_credentials: { path: 'key-auths', nestedPath: 'key-auth' },
  basicauth_credentials: { path: 'basic-auths', nestedPath: 'basic-auth' },
  hmacauth_credentials: { path: 'hmac-auths', nestedPath: 'hmac-auth' },
}

/** Lists that Kong has and that are always empty here. */
export const EMPTY_LISTS = ['oauth2'] as const

export const shownCollections: readonly ShownCollection[] = [...entitySchemas.values()].map((schema) => {
  const name = schema.name as CollectionName
  const { path = name, nestedPath = name, key = schema.endpoint_key } = PATHS[name] ?? {}
  const parents = new Map<string, CollectionName>()
  for (const [field, { type, reference }] of Object.entries(schema.fields)) {
    if (type === 'foreign' && reference) parents.set(field, reference as CollectionName)
  }
  return { name, path: name === 'targets' ? undefined : path, nestedPath, key, parents }
})

export const shownCollection = (name: CollectionName): ShownCollection | undefined =>
  shownCollections.find((collection) => collection.name === name)
