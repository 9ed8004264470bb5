import { createPrivateKey, createPublicKey } from 'node:crypto'
import { foreign, record, string } from '../schema/field.ts'
import { isTable, type Table } from '../schema/lua-table.ts'
import { createdAt, id, tags, updatedAt } from './common-fields.ts'
import type { EntitySchema } from './entity-schema.ts'

/** Keys and sets of them. No plugin of Kong's open-source edition uses any: they are checked, kept and shown. */
export const keySets: EntitySchema = {
  name: 'key_sets',
  endpoint_key: 'name',
  fields: {
    id,
    name: string({ unique: true }),
    tags,
    created_at: createdAt,
    updated_at: updatedAt,
  },
}

interface KeyEntity {
  readonly kid: string
  readonly jwk: string | null
  readonly pem: { readonly public_key: string | null; readonly private_key: string | null } | null
}

function checkKey({ kid, jwk, pem }: KeyEntity): string | undefined {
  if (pem && !pem.private_key && !pem.public_key) return 'need to supply a PEM formatted public and/or private key.'
  return jwk === null ? undefined : checkJwk(jwk, kid)
}

function checkJwk(text: string, kid: string): string | undefined {
  const jwk = parse(text)
  if (!jwk) return 'could not json decode jwk string'
  if (jwk.kid !== kid) return 'kid in jwk.kid must be equal to keys.kid'
  return loads(() => createPublicKey({ key: jwk, format: 'jwk' })) ? undefined : 'could not load JWK'
}

function parse(text: string): Table | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isTable(value) && !Array.isArray(value) ? (value as Table) : undefined
  } catch {
    return undefined
  }
}

function loads(load: () => unknown): boolean {
  try {
    load()
    return true
  } catch {
    return false
  }
}

const pem = (load: (text: string) => unknown) =>
  string({
    referenceable: true,
    encrypted: true,
    custom: (text: string) => (loads(() => load(text)) ? undefined : 'could not load PEM'),
  })

export const keys: EntitySchema = {
  name: 'keys',
  endpoint_key: 'name',
  cache_key: ['kid', 'set'],
  fields: {
    id,
    set: foreign('key_sets', { on_delete: 'cascade' }),
    name: string({ unique: true }),
    kid: string({ required: true }),
    jwk: string({ referenceable: true, encrypted: true }),
    pem: record({ private_key: pem(createPrivateKey), public_key: pem(createPublicKey) }, { required: false }),
    tags,
    created_at: createdAt,
    updated_at: updatedAt,
  },
  entity_checks: [
    { mutually_exclusive: ['jwk', 'pem'] },
    { at_least_one_of: ['jwk', 'pem'] },
    { custom_entity_check: { field_sources: ['jwk', 'pem', 'kid'], check: checkKey } },
  ],
}
