import { record, string } from '../schema/field.ts'
import { createdAt, id, tags, updatedAt } from './common-fields.ts'
import { type EntitySchema, nameProblem, type Specialised } from './entity-schema.ts'

const ENV: Specialised = { fields: { config: record({ prefix: string({ match: /^[a-zA-Z_][a-zA-Z\d_]*$/ }) }) } }

function specialise(input: { readonly name?: unknown }): Specialised | undefined {
  if (typeof input.name !== 'string') return { field: 'name', problem: nameProblem(input.name) }
  return input.name === 'env' ? ENV : { field: 'name', problem: `vault '${input.name}' is not installed` }
}

export const vaults: EntitySchema = {
  name: 'vaults',
  endpoint_key: 'prefix',
  cache_key: ['prefix'],
  fields: {
    id,
    prefix: string({ required: true, unique: true, match: /^[a-z][a-z\d-]*[a-z\d]+$/, not_one_of: ['env'] }),
    name: string({ required: true }),
    description: string(),
    config: record({}),
    created_at: createdAt,
    updated_at: updatedAt,
    tags,
  },
  specialise,
}
