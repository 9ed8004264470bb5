import { caCertificates, certificates, snis } from './certificate.ts'
import { consumers } from './consumer.ts'
import { acls, basicAuthCredentials, hmacAuthCredentials, jwtSecrets, keyAuthCredentials } from './credentials.ts'
import type { EntitySchema } from './entity-schema.ts'
import { keySets, keys } from './key.ts'
import { plugins } from './plugin-entity.ts'
import { routes } from './route.ts'
import { services } from './service.ts'
import { targets } from './target.ts'
import { upstreams } from './upstream.ts'
import { vaults } from './vault.ts'

/** Every collection that a file may have, parents before children. */
export const entitySchemas: ReadonlyMap<string, EntitySchema> = new Map(
  [
    consumers,
    certificates,
    caCertificates,
    vaults,
    keySets,
    keys,
    services,
    upstreams,
    routes,
    targets,
    snis,
    plugins,
    jwtSecrets,
    keyAuthCredentials,
    basicAuthCredentials,
    hmacAuthCredentials,
    acls,
  ].map((schema) => [schema.name, schema]),
)
