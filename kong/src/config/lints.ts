import type { EntityNode } from './document/entity-node.ts'
import type { Consumer, PluginEntity, Route, Service, Upstream } from './entities.ts'

/** Something that is valid but hardly meant: which field it concerns, and why. */
export interface Doubt {
  readonly field: string | undefined
  readonly message: string
}

type Lint = (entity: never, node: EntityNode) => Doubt | undefined

const doubt = (field: string | undefined, message: string): Doubt => ({ field, message })

const unnamed = ({ name }: Service | Route, { raw }: EntityNode): Doubt | undefined =>
  name === null && raw.id === undefined
    ? doubt(undefined, 'without a name its id changes at every load, and with it counters and ties between routes')
    : undefined

const disabledService = ({ enabled }: Service, { children }: EntityNode): Doubt | undefined =>
  !enabled && children.some(({ schema }) => schema.name === 'routes')
    ? doubt('enabled', 'its routes answer 404 while it is disabled')
    : undefined

const pathHandling = ({ path_handling }: Route): Doubt | undefined =>
  path_handling === 'v1' ? doubt('path_handling', "'v1' has no effect with this router") : undefined

/** Kong's router computes with 32 bits here (kong-behaviour, section 10). */
const regexPriority = ({ regex_priority }: Route): Doubt | undefined =>
  regex_priority < 0 || regex_priority >= 4096
    ? doubt('regex_priority', 'Kong orders routes reliably by values from 0 to 4095 only')
    : undefined

const expiredTokens = ({ name, config }: PluginEntity): Doubt | undefined => {
  const { claims_to_verify } = config as { claims_to_verify?: readonly string[] | null }
  return name === 'jwt' && !claims_to_verify?.includes('exp')
    ? doubt('config', "expired tokens pass: 'claims_to_verify' lacks 'exp'")
    : undefined
}

const anyOrigin = ({ name, config }: PluginEntity): Doubt | undefined => {
  const { credentials, origins } = config as { credentials?: boolean; origins?: readonly string[] | null }
  if (name !== 'cors' || !credentials || (origins && !origins.includes('*'))) return undefined
  return doubt('config', 'any site may send requests with the credentials of its visitors')
}

const NEVER_FOR_CONSUMERS = ['acl', 'basic-auth', 'jwt', 'key-auth']

const neverRuns = ({ name, consumer }: PluginEntity): Doubt | undefined =>
  consumer && NEVER_FOR_CONSUMERS.includes(name)
    ? doubt('name', `'${name}' never runs for a consumer alone: it is what finds the consumer`)
    : undefined

const neverRecovers = ({ healthchecks: { active, passive } }: Upstream): Doubt | undefined => {
  const { http_failures, tcp_failures, timeouts } = passive.unhealthy
  const canFail = http_failures > 0 || tcp_failures > 0 || timeouts > 0
  if (!canFail || passive.healthy.successes > 0 || active.unhealthy.interval > 0) return undefined
  return doubt('healthchecks', 'a target found unhealthy stays so: nothing probes it, and no success counts')
}

const nobody = ({ username }: Consumer): Doubt | undefined =>
  username === null ? doubt(undefined, 'without a username its id changes at every load') : undefined

const LINTS: Readonly<Record<string, readonly Lint[]>> = {
  services: [unnamed, disabledService],
  routes: [unnamed, pathHandling, regexPriority],
  consumers: [nobody],
  plugins: [expiredTokens, anyOrigin, neverRuns],
  upstreams: [neverRecovers],
}

/** What is doubtful about an entity. */
export const doubtsAbout = (node: EntityNode): Doubt[] =>
  (LINTS[node.schema.name] ?? []).flatMap((lint) => lint(node.value as never, node) ?? [])
