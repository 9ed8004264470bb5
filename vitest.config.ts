import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const everywhere = ['packages', 'services', 'kong']
const outside = ['**/node_modules/**', '**/dist/**']

/** The suites: by what they need to run, which the file's name or folder says. */
const suites: Readonly<
  Record<
    string,
    {
      include: string[]
      exclude?: string[]
      testTimeout?: number
      inOrder?: boolean
      globalSetup?: string[]
    }
  >
> = {
  unit: {
    include: everywhere.map((folder) => `${folder}/**/*.test.ts`),
    exclude: [
      '**/*.broker.test.ts',
      '**/*.integration.test.ts',
      '**/*.contract.test.ts',
      'kong/conformance/**',
      'kong/foreign/**',
    ],
  },
  integration: { include: everywhere.map((folder) => `${folder}/**/*.integration.test.ts`), testTimeout: 120_000 },
  contract: { include: everywhere.map((folder) => `${folder}/**/*.contract.test.ts`), testTimeout: 120_000 },
  conformance: { include: ['kong/conformance/**/*.test.ts'], testTimeout: 300_000 },
  scripts: { include: ['scripts/**/*.test.ts'], exclude: ['scripts/containers/**'], testTimeout: 60_000 },
  e2e: {
    include: ['e2e/**/*.test.ts'],
    exclude: [
      'e2e/browser/**',
      ...['registry', 'resilience', 'schemathesis', 'machine'].map((kind) => `**/*.${kind}.test.ts`),
    ],
    testTimeout: 120_000,
    inOrder: true,
  },
  browser: {
    include: ['e2e/browser/**/*.test.ts'],
    testTimeout: 240_000,
    inOrder: true,
    globalSetup: ['e2e/browser/one-shop.ts'],
  },
  // Brokers that take long to start; `npm run test:long -- brokers` asks for them.
  ...(process.env.PORTICO_BROKERS && {
    brokers: { include: ['packages/**/*.broker.test.ts'], testTimeout: 120_000, inOrder: true },
  }),
  // Clients that others made; `npm run test:long -- grpcurl` says where they are.
  ...(process.env.PORTICO_GRPCURL && { foreign: { include: ['kong/foreign/**/*.test.ts'], testTimeout: 120_000 } }),
  // The reference library of the Compose specification; `npm run test:long -- compose` says where it is.
  ...(process.env.PORTICO_COMPOSE_GO && { containers: { include: ['scripts/containers/**/*.test.ts'] } }),
  // Fresh machines made for it; `npm run test:long -- machines` says by what.
  ...(process.env.PORTICO_DEBOOTSTRAP && {
    machines: { include: ['e2e/**/*.machine.test.ts'], testTimeout: 1_200_000, inOrder: true },
  }),
  // Registries that are built and started for it; `npm run test:long -- eureka` asks for them.
  ...(process.env.PORTICO_REGISTRIES && {
    registries: { include: ['e2e/**/*.registry.test.ts'], testTimeout: 300_000, inOrder: true },
  }),
  // Services killed, frozen and slowed one after the other; `npm run test:long -- resilience` asks for it.
  ...(process.env.PORTICO_RESILIENCE && {
    resilience: { include: ['e2e/**/*.resilience.test.ts'], testTimeout: 900_000, inOrder: true },
  }),
  // Requests made from the OpenAPI documents; `npm run test:long -- schemathesis` says where the program is.
  ...(process.env.PORTICO_SCHEMATHESIS && {
    schemathesis: { include: ['e2e/**/*.schemathesis.test.ts'], testTimeout: 600_000, inOrder: true },
  }),
  // A minute and a half on an idle machine, with start and verdict two and a half; a busy one is given its time.
  faults: { include: ['faults/**/*.test.ts'], testTimeout: 900_000, inOrder: true },
}

export default defineConfig({
  test: {
    passWithNoTests: true,
    // Much of a test is waiting for others: two side by side even on a small machine.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: Object.entries(suites).map(
      ([name, { include, exclude = [], testTimeout = 60_000, inOrder = false, globalSetup = [] }]) => ({
        test: {
          name,
          include,
          exclude: [...outside, ...exclude],
          globalSetup,
          environment: 'node',
          testTimeout,
          hookTimeout: Math.max(testTimeout, 60_000),
          // A busy machine may take its time.
          expect: { poll: { timeout: 30_000, interval: 100 } },
          // Files that each start a whole shop would only slow each other down.
          fileParallelism: !inOrder,
        },
      }),
    ),
  },
})
