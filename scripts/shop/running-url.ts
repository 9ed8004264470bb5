import { hint } from '../command-line/hint.ts'
import { UserError } from '../command-line/user-error.ts'
import { serviceUrl } from '../datastores/service-account.ts'
import type { Home } from '../home.ts'
import { isRunning } from '../supervisor/process-identity.ts'
import { readRunFile } from '../supervisor/run-file.ts'
import { datastoreOf } from './services.ts'

/**
 * The URL of a service's database, as the service uses it: the one of the environment, else of the server that runs in this
 * home.
 *
 * @throws UserError when there is neither.
 */
export function findDatabaseUrl(home: Home, service: 'user' | 'product' | 'order', variable: string): string {
  const given = process.env[variable]
  if (given) return given
  return serviceUrl(findRunning(home, datastoreOf[service]).probe, service)
}

/** A process that runs in this home, with the URL by which it is asked whether it is ready.
 *  @throws UserError when it doesn't run. */
export function findRunning(home: Home, name: string): { readonly pid: number; readonly probe: string } {
  const record = readRunFile(home.runFile)?.processes.find((each) => each.name === name)
  if (record !== undefined && isRunning(record)) return record
  throw new UserError(`${name} does not run in ${home.root}. Start the shop first: ${hint(home, 'start')}`)
}
