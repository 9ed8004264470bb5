import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeAtomically } from './atomic-file.ts'
import type { Home } from './home.ts'

const names = [
  ...(['mongodb', 'postgres', 'mysql', 'redis-payment', 'redis-bus', 'nats', 'rabbitmq', 'kafka'] as const),
  ...(['provider', 'provider-webhook', 'order-product', 'kong-admin-token'] as const),
] as const

/** The passwords of one home, each 43 URL-safe characters. */
export type Secrets = Readonly<Record<(typeof names)[number], string>>

/** Reads `secrets.json`, making whatever is missing in it: at the first start, all. */
export function openSecrets(home: Home): Secrets {
  const known = readSecrets(home.secretsFile)
  const secrets = Object.fromEntries(names.map((name) => [name, known[name] ?? randomBytes(32).toString('base64url')]))
  if (names.some((name) => known[name] === undefined)) {
    writeAtomically(home.secretsFile, `${JSON.stringify(secrets, null, 2)}\n`)
  }
  return secrets as Secrets
}

function readSecrets(path: string): Partial<Secrets> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<Secrets>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
