import { findClosest } from '../command-line/command.ts'
import { UserError } from '../command-line/user-error.ts'
import type { DatastoreKind } from '../datastores/datastore.ts'
import { kafka } from '../datastores/kafka.ts'
import { rabbitmq } from '../datastores/rabbitmq.ts'
import { findDebootstrap } from './debootstrap.ts'
import { findComposeGo, findGrpcurl } from './go-tools.ts'
import { findSchemathesis } from './schemathesis.ts'

/** A part of the tests that takes longer than `npm test` may. */
export interface LongPart {
  /** One line for people. */
  readonly about: string
  /** For vitest: paths or parts of them, and options. */
  readonly vitest: readonly string[]
  /** What makes these tests long; what is set already is left. */
  readonly environment: Readonly<Record<string, string>>
  /** Whether datastores are to be started for it. */
  readonly datastores: boolean
  /** Servers that the tests run themselves: the variable that tells where each is. */
  readonly servers?: Readonly<Record<string, DatastoreKind>>
  /** Programs that the tests run: the variable that tells where each is, and how it is found or installed. */
  readonly tools?: Readonly<Record<string, (noInstall: boolean) => Promise<string>>>
}

/** Every part, by its name. A new one is a line here and a test that looks at its variable. */
export const longParts: Readonly<Record<string, LongPart>> = {
  fuzz: {
    about:
      'the gateway under fuzzed requests, answers and files, 70,000 of each kind; PORTICO_FUZZ_RUNS, PORTICO_FUZZ_SEED',
    vitest: ['kong/src/proxy/fuzz.test.ts', 'kong/src/config/hostile.test.ts'],
    environment: { PORTICO_FUZZ_RUNS: '70000' },
    datastores: false,
  },
  mutations: {
    about:
      '100,000 mutated configurations given to check and to a gateway, 2,000 to one that watches; PORTICO_FUZZ_RUNS, _SEED',
    vitest: ['kong/src/command/mutations.test.ts'],
    environment: { PORTICO_FUZZ_RUNS: '100000' },
    datastores: false,
  },
  brokers: {
    about: 'the suite of the event bus against RabbitMQ and Kafka; ten minutes',
    vitest: ['--project=brokers'],
    environment: { PORTICO_BROKERS: '1' },
    datastores: false,
    servers: { PORTICO_RABBITMQ_SERVER: rabbitmq, PORTICO_KAFKA: kafka },
  },
  grpcurl: {
    about: "reflection, calls and streams of a foreign client through the gateway's TLS port; go installs grpcurl",
    vitest: ['--project=foreign'],
    environment: {},
    datastores: false,
    tools: { PORTICO_GRPCURL: findGrpcurl },
  },
  compose: {
    about:
      'docker-compose.yml with what compose -- init makes, judged by the Compose reference library; go installs it',
    vitest: ['--project=containers'],
    environment: {},
    datastores: false,
    tools: { PORTICO_COMPOSE_GO: findComposeGo },
  },
  machines: {
    about:
      'bare Debian to a paid order: as root, in a container without namespaces, as a user; needs root, installs debootstrap; ten minutes',
    vitest: ['--project=machines'],
    environment: {},
    datastores: false,
    tools: { PORTICO_DEBOOTSTRAP: findDebootstrap },
  },
  eureka: {
    about:
      'registration and discovery with a real Eureka server; needs a JDK 17 and Maven, which fetches it the first time',
    vitest: ['--project=registries'],
    environment: { PORTICO_REGISTRIES: '1' },
    datastores: false,
  },
  resilience: {
    about: 'each service killed, frozen and slowed while customers shop, and what others do meanwhile; ten minutes',
    vitest: ['--project=resilience'],
    environment: { PORTICO_RESILIENCE: '1' },
    datastores: false,
  },
  schemathesis: {
    about:
      'requests made from the OpenAPI documents, and answers judged by them; ten minutes; PORTICO_SCHEMATHESIS_SECONDS, _SEED',
    vitest: ['--project=schemathesis'],
    environment: { PORTICO_SCHEMATHESIS_SECONDS: '40', PORTICO_SCHEMATHESIS_SEED: '1' },
    datastores: false,
    tools: { PORTICO_SCHEMATHESIS: findSchemathesis },
  },
  soak: {
    about: 'five minutes of load with faults and swaps on a gateway, its memory watched; PORTICO_SOAK_SECONDS',
    vitest: ['kong/soak/soak.test.ts'],
    environment: { PORTICO_SOAK_SECONDS: '300' },
    datastores: false,
  },
  faults: {
    about: 'the promise of orders and payments under 220 kills in half an hour; PORTICO_FAULTS_SECONDS, _KILLS, _SEED',
    vitest: ['faults/promise.test.ts', '--testTimeout=3600000'],
    environment: { PORTICO_FAULTS_SECONDS: '1800', PORTICO_FAULTS_KILLS: '220' },
    datastores: false,
  },
  swaps: {
    about: '300 swaps of a configuration with 1,000 routes, the heap watched; PORTICO_SWAPS, PORTICO_SWAP_ROUTES',
    vitest: ['kong/soak/swaps.test.ts'],
    environment: { PORTICO_SWAPS: '300', PORTICO_SWAP_ROUTES: '1000' },
    datastores: false,
  },
}

/** The parts of the given names, in that order; all if there are none. @throws UserError for a name that is none. */
export function chooseLongParts(names: readonly string[]): [name: string, part: LongPart][] {
  if (names.length === 0) return Object.entries(longParts)
  return names.map((name) => {
    const part = longParts[name]
    if (part) return [name, part]
    const close = findClosest(name, Object.keys(longParts))
    const hint = close === undefined ? `; there are ${Object.keys(longParts).join(', ')}` : `; did you mean ${close}?`
    throw new UserError(`There is no long part named ${name}${hint}`)
  })
}
