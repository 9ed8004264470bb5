import { string } from '../schema/field.ts'
import { createdAt, id, tags, updatedAt } from './common-fields.ts'
import type { EntitySchema } from './entity-schema.ts'

export const consumers: EntitySchema = {
  name: 'consumers',
  endpoint_key: 'username',
  fields: {
    id,
    created_at: createdAt,
    updated_at: updatedAt,
    username: string({ unique: true }),
    custom_id: string({ unique: true }),
    tags,
  },
  entity_checks: [{ at_least_one_of: ['custom_id', 'username'] }],
}
