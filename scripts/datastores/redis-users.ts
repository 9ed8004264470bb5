import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../home.ts'
import type { DatastoreKind, ServerProgram } from './datastore.ts'
import { configurationFile, redis } from './redis.ts'
import { servicePassword } from './service-account.ts'

/** The Redis of the event bus, where each service is a user that may do what its contract says. Before Redis 7, which has
 *  permissions by command and key, there is the administrator alone. */
export const redisBus = withUsers(['packages', 'service-kit', 'src', 'events', 'redis', 'users.conf'], 7)

/** The Redis of payment-service, which may use its own keys by the commands that it needs. Before Redis 6 there is the
 *  administrator alone. */
export const redisPayment = withUsers(['services', 'payment', 'src', 'store', 'users.conf'], 6)

interface RedisWithUsers extends DatastoreKind {
  /** Lines of redis.conf with the users. @param password the administrator's */
  users(password: string): string
}

/** @param since the first version of Redis that understands the template */
function withUsers(template: readonly string[], since: number): RedisWithUsers {
  const hasUsers = ({ title }: ServerProgram) => Number(/(\d+)\./.exec(title)?.[1] ?? 0) >= since
  const users = (password: string) => {
    const hash = (service: string) => createHash('sha256').update(servicePassword(password, service)).digest('hex')
    const text = readFileSync(join(projectRoot, ...template), 'utf8')
    return text.replace(/HASH_OF_([A-Z]+)/g, (_, name: string) => hash(name.toLowerCase()))
  }
  return {
    ...redis,
    users,
    async prepare(program, place) {
      await redis.prepare(program, place)
      if (hasUsers(program)) await appendFile(configurationFile(place), users(place.password))
    },
    urlFor(program, place, service) {
      if (!hasUsers(program)) return redis.url(place)
      return `redis://${service}:${servicePassword(place.password, service)}@127.0.0.1:${place.port}`
    },
  }
}
