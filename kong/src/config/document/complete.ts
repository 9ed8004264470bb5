import { createHash, X509Certificate } from 'node:crypto'
import { completeTarget } from '../entities/target.ts'
import { impliedAlgorithm } from '../entities/upstream.ts'
import type { EntityNode } from './entity-node.ts'
import { randomKey } from './ids.ts'

interface Circumstances {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Whether passwords in the document are still plain. */
  readonly transform: boolean
}

/** What Kong puts in when it stores an entity: times, keys that were left out, hashes, full addresses. */
export function completeEntity({ schema, value, raw }: EntityNode, { now, transform }: Circumstances): void {
  const seconds = Math.floor(now / 1000)
  const time = schema.name === 'targets' ? now / 1000 : seconds
  value.created_at ??= time
  if (schema.fields.updated_at) value.updated_at = time
  delete value._comment
  delete value._ignore
  COMPLETE[schema.name]?.(value, transform)
  if (schema.name === 'keyauth_credentials' && (raw.ttl === undefined || raw.ttl === null)) delete value.ttl
}

type Entity = Record<string, unknown>

const COMPLETE: Readonly<Record<string, (entity: Entity, transform: boolean) => void>> = {
  upstreams: (upstream) => {
    upstream.algorithm = impliedAlgorithm(String(upstream.algorithm), String(upstream.hash_on))
  },
  targets: (target) => {
    target.target = completeTarget(String(target.target))
  },
  jwt_secrets: (credential) => {
    credential.key ??= randomKey()
    credential.secret ??= randomKey()
  },
  keyauth_credentials: (credential) => {
    credential.key ??= randomKey()
  },
  hmacauth_credentials: (credential) => {
    credential.secret ??= randomKey()
  },
  basicauth_credentials: (credential, transform) => {
    if (transform) credential.password = sha1(`${credential.password}${(credential.consumer as { id: string }).id}`)
  },
  ca_certificates: (authority) => {
    authority.cert_digest = new X509Certificate(String(authority.cert)).fingerprint256.replaceAll(':', '').toLowerCase()
  },
}

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex')
