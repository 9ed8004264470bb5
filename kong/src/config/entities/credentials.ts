import { createPublicKey } from 'node:crypto'
import { type EntityCheck, foreign, string } from '../schema/field.ts'
import { createdAt, id, tags } from './common-fields.ts'
import type { EntitySchema } from './entity-schema.ts'

const consumer = foreign('consumers', { required: true, on_delete: 'cascade' })

const ALGORITHMS = [
  'HS256',
  'HS384',
  'HS512',
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
] as const

/** A public key, or a private one from which it follows, as PEM or JWK. Lines of a PEM must not be indented. */
function checkPublicKey(key: string): string | undefined {
  try {
    if (/^[ \t]|[ \t]$/m.test(key) && !key.trimStart().startsWith('{')) return 'invalid key'
    if (key.trimStart().startsWith('{')) createPublicKey({ key: JSON.parse(key), format: 'jwk' })
    else createPublicKey(key)
    return undefined
  } catch {
    return 'invalid key'
  }
}

const needsPublicKey = (algorithm: string): EntityCheck => ({
  conditional: {
    if_field: 'algorithm',
    if_match: { match: new RegExp(`^${algorithm}$`) },
    then_field: 'rsa_public_key',
    then_match: { required: true, custom: checkPublicKey },
  },
})

export const jwtSecrets: EntitySchema = {
  name: 'jwt_secrets',
  endpoint_key: 'key',
  cache_key: ['key'],
  fields: {
    id,
    created_at: createdAt,
    consumer,
    key: string({ unique: true, auto: true }),
    secret: string({ auto: true }),
    rsa_public_key: string(),
    algorithm: string({ default: 'HS256', one_of: ALGORITHMS }),
    tags,
  },
  entity_checks: ALGORITHMS.filter((name) => /^(?:RS|PS|EdDSA)/.test(name)).map(needsPublicKey),
}

export const keyAuthCredentials: EntitySchema = {
  name: 'keyauth_credentials',
  endpoint_key: 'key',
  cache_key: ['key'],
  fields: {
    id,
    created_at: createdAt,
    consumer,
    key: string({ unique: true, auto: true }),
    tags,
    ttl: { type: 'any', auto: true },
  },
}

export const basicAuthCredentials: EntitySchema = {
  name: 'basicauth_credentials',
  endpoint_key: 'username',
  cache_key: ['username'],
  fields: {
    id,
    created_at: createdAt,
    consumer,
    username: string({ required: true, unique: true }),
    password: string({ required: true }),
    tags,
  },
  // The password is hashed together with the consumer's id.
  entity_checks: [{ mutually_required: ['password', 'consumer.id'] }],
}

export const hmacAuthCredentials: EntitySchema = {
  name: 'hmacauth_credentials',
  endpoint_key: 'username',
  cache_key: ['username'],
  fields: {
    id,
    created_at: createdAt,
    consumer,
    username: string({ required: true, unique: true }),
    secret: string({ auto: true }),
    tags,
  },
}

export const acls: EntitySchema = {
  name: 'acls',
  cache_key: ['consumer', 'group'],
  fields: {
    id,
    created_at: createdAt,
    consumer,
    group: string({ required: true }),
    tags,
  },
}
