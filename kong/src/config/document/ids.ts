import { randomBytes, randomUUID } from 'node:crypto'
import { namedId } from '../../named-id.ts'
import type { EntityNode } from './entity-node.ts'

const ROOT = 'fd02801f-0957-4a15-a55a-c8d9606f30b5'
const namespaces = new Map<string, string>()

function namespaceOf(collection: string): string {
  let namespace = namespaces.get(collection)
  if (!namespace) {
    namespace = namedId(collection, ROOT)
    namespaces.set(collection, namespace)
  }
  return namespace
}

/**
 * The id that follows from what an entity is called, the same at every load (kong-behaviour 1.4); undefined where it
 * has an id of its own or nothing to derive one from. `parentId` is that of the entity it is nested in.
 */
export function deriveId({ schema, raw, parent }: EntityNode, parentId: string | undefined): string | undefined {
  if (raw.id !== undefined) return undefined
  const key = schema.cache_key
    ? cacheKey(schema.cache_key, { schema, raw, parent }, parentId)
    : endpointKey({ schema, raw, parent })
  return key === undefined ? undefined : namedId(key, namespaceOf(schema.name))
}

/** The id of a target that no file holds: the one it would have there. */
export const targetId = (upstreamId: string, target: string): string =>
  namedId(`targets:*:${upstreamId}:${target}`, namespaceOf('targets'))

type Source = Pick<EntityNode, 'schema' | 'raw' | 'parent'>

function endpointKey({ schema, raw, parent }: Source): string | undefined {
  const value = schema.endpoint_key === undefined ? undefined : raw[schema.endpoint_key]
  if (typeof value !== 'string' || (schema.name === 'snis' && parent)) return undefined
  return value
}

function cacheKey(
  fields: readonly string[],
  { schema, raw, parent }: Source,
  parentId: string | undefined,
): string | undefined {
  const parts = [schema.name, '*']
  for (const name of fields) {
    const value = raw[name]
    const field = schema.fields[name]
    if (field?.auto) return undefined
    if (typeof value === 'string') parts.push(value)
    else if (value === undefined) {
      if (name === parent?.key) {
        if (parentId === undefined) return undefined
        parts.push(parentId)
      } else if (field?.required) return undefined
      else parts.push('')
    }
  }
  return `${parts[0]}:${parts.slice(1).join(':')}`
}

/** Gives every entity its id, derived where it can be, random else. Parents come before children. */
export function assignIds(nodes: Iterable<EntityNode>): void {
  const derived = new Map<EntityNode, string | undefined>()
  for (const node of nodes) {
    const given = typeof node.raw.id === 'string' ? node.raw.id : undefined
    const id = given ?? deriveId(node, node.parent && derived.get(node.parent.node))
    derived.set(node, id)
    node.value.id = id ?? randomUUID()
  }
}

/** Whether a node's id is its own or derived, so that Kong's errors show it. */
export const hasFixedId = (node: EntityNode): boolean =>
  typeof node.raw.id === 'string' || deriveId(node, parentIdOf(node)) !== undefined

export function parentIdOf({ parent }: EntityNode): string | undefined {
  if (!parent) return undefined
  return hasFixedId(parent.node) ? (parent.node.value.id as string) : undefined
}

/** A random text of 32 letters and digits, for a key or secret that the file leaves out. */
export function randomKey(): string {
  let text = ''
  while (text.length < 32)
    text += randomBytes(48)
      .toString('base64')
      .replace(/[^A-Za-z0-9]/g, '')
  return text.slice(0, 32)
}
