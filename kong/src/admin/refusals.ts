/** Writes: without a database Kong checks what is sent, then refuses. */

import { validateEntity } from '../config/document/read-entities.ts'
import type { EntitySchema, Registry } from '../config/entities/entity-schema.ts'
import { entitySchemas } from '../config/entities/index.ts'
import type { ErrorTree } from '../config/schema/error-tree.ts'
import type { Table } from '../config/schema/lua-table.ts'
import { type AdminAnswer, failure, noContent, notFound } from './answer.ts'
import { isForm, readFields } from './body.ts'
import type { ShownCollection } from './collections.ts'
import { inferFields } from './inference.ts'
import { type Entity, isUuid } from './look-up.ts'
import type { AdminRequest } from './request.ts'
import type { Call } from './routes.ts'
import { schemaViolation } from './violations.ts'

type Verb = 'create' | 'create or update' | 'update' | 'remove'

/** @param by the field that the path names the entity by, where it is not the id. */
function unsupported(verb: Verb, collection: string, by?: string): AdminAnswer {
  const named = by === undefined ? '' : ` by '${by}'`
  return failure(
    405,
    12,
    'operation unsupported',
    `cannot ${verb} '${collection}' entities${named} when not using a database`,
  )
}

/** @param known what the path says: foreign keys that need not be sent. */
export function refuseCreation(call: Call, { name }: ShownCollection, known: object = {}): AdminAnswer {
  const errors = validate(call, name, known)
  return errors ? schemaViolation(errors) : unsupported('create', name)
}

export function refuseReplacement(
  call: Call,
  collection: ShownCollection,
  given: string,
  known: object = {},
): AdminAnswer {
  const by = namedBy(collection, given)
  const errors = validate(call, collection.name, known, by === undefined ? {} : { [by]: given })
  return errors ? schemaViolation(errors) : unsupported('create or update', collection.name, by)
}

/** @param nested a path beneath another entity names its own by id in the end. */
export function refuseChange(
  call: Call,
  collection: ShownCollection,
  given: string,
  found: Entity | undefined,
  nested: boolean,
): AdminAnswer {
  const { name, key } = collection
  if (!found) {
    if (isUuid(given) || nested || key === undefined) return notFound
    const fields = { [key]: given }
    return failure(404, 6, 'not found', `could not find the entity with '{${key}="${given}"}'`, { fields })
  }
  const { created_at, updated_at, ...before } = found
  const errors = validate(call, name, before)
  return errors ? schemaViolation(errors) : unsupported('update', name, nested ? undefined : namedBy(collection, given))
}

export function refuseRemoval(
  collection: ShownCollection,
  given: string,
  found: Entity | undefined,
  nested: boolean,
): AdminAnswer {
  if (!found) return noContent
  return unsupported('remove', collection.name, nested ? undefined : namedBy(collection, given))
}

const namedBy = ({ key }: ShownCollection, given: string): string | undefined => (isUuid(given) ? undefined : key)

/** Kong's checks of an entity that is sent, in place of what is known, and with a name that stands over what is sent. */
export function validate(
  { gateway, request }: Call,
  collection: string,
  known: object = {},
  named: object = {},
): ErrorTree | undefined {
  const schema = entitySchemas.get(collection)
  if (!schema) return undefined
  const given = { ...known, ...sent(request, schema, gateway.registry), ...named }
  return validateEntity(schema, given, { registry: gateway.registry, style: 'key' }, false).error
}

function sent(request: AdminRequest, schema: EntitySchema, registry: Registry): Table {
  const values = readFields(request)
  if (!isForm(request)) return values
  const special = schema.specialise?.(values, registry)
  const fields = { ...schema.fields, ...(special && 'fields' in special ? special.fields : {}) }
  return inferFields(values, fields)
}
