import { readAddress } from '../addresses.ts'
import { foreign, integer, string } from '../schema/field.ts'
import { createdAt, id, tags, updatedAt } from './common-fields.ts'
import type { EntitySchema } from './entity-schema.ts'

const DEFAULT_PORT = 8000

const checkTarget = (target: string): string | undefined =>
  'problem' in readAddress(target) ? `Invalid target ('${target}'); not a valid hostname or ip address` : undefined

/** A target's address with the port always there, an IPv6 address in full. */
export function completeTarget(target: string): string {
  const address = readAddress(target)
  return 'problem' in address ? target : `${address.host}:${address.port ?? DEFAULT_PORT}`
}

export const targets: EntitySchema = {
  name: 'targets',
  cache_key: ['upstream', 'target'],
  fields: {
    id,
    created_at: createdAt,
    updated_at: updatedAt,
    upstream: foreign('upstreams', { required: true, on_delete: 'cascade' }),
    target: string({ required: true, custom: checkTarget }),
    weight: integer({ default: 100, between: [0, 65535] }),
    tags,
  },
}
