import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { projectRoot } from '../home.ts'
import type { DatastoreKind, ServerProgram } from './datastore.ts'
import { configurationFile, redis } from './redis.ts'

const template = join(projectRoot, 'packages', 'service-kit', 'src', 'events', 'redis', 'users.conf')
/** Permissions by command and key came with this version. */
const FIRST_WITH_USERS = 7

/** The Redis of the event bus, where each service is a user that may do what its contract says. Before Redis 7 there is
 *  the administrator alone. */
export const redisBus: DatastoreKind = {
  ...redis,
  async prepare(program, place) {
    await redis.prepare(program, place)
    if (hasUsers(program)) await appendFile(configurationFile(place), busUsers(place.password))
  },
  urlFor(program, place, service) {
    if (!hasUsers(program)) return redis.url(place)
    return `redis://${service}:${busPassword(place.password, service)}@127.0.0.1:${place.port}`
  },
}

/** Lines of redis.conf with the users of the bus. @param password the administrator's */
export function busUsers(password: string): string {
  const hash = (service: string) => createHash('sha256').update(busPassword(password, service)).digest('hex')
  return readFileSync(template, 'utf8').replace(/HASH_OF_([A-Z]+)/g, (_, name: string) => hash(name.toLowerCase()))
}

/** The password of a service: comes from the administrator's, which no service knows. */
export const busPassword = (password: string, service: string): string =>
  createHmac('sha256', password).update(`event bus: ${service}`).digest('base64url')

const hasUsers = ({ title }: ServerProgram): boolean => Number(/(\d+)\./.exec(title)?.[1] ?? 0) >= FIRST_WITH_USERS
