import { findClosest } from '../command-line/command.ts'
import { hint } from '../command-line/hint.ts'
import { UserError } from '../command-line/user-error.ts'
import type { Home } from '../home.ts'
import { isRunning } from '../supervisor/process-identity.ts'
import { readRunFile } from '../supervisor/run-file.ts'
import type { DatastoreName } from './datastore-specs.ts'

/** The brokers that can be the event bus, and the name of the process of each. */
export const buses = {
  redis: 'redis-bus',
  nats: 'nats',
  rabbitmq: 'rabbitmq',
  kafka: 'kafka',
} as const satisfies Record<string, DatastoreName>

export type BusName = keyof typeof buses

/** Understands `--bus`. @throws UserError when there is no such bus, or the environment gives another */
export function chooseBus(option: string | undefined): BusName {
  if (option === undefined) return 'redis'
  if (!(option in buses)) {
    const names = Object.keys(buses)
    const close = findClosest(option, names)
    throw new UserError(
      `There is no bus named ${option}${close ? `; did you mean ${close}?` : `; there are ${names.join(', ')}`}`,
    )
  }
  if (process.env.EVENT_BUS_URL)
    throw new UserError('EVENT_BUS_URL says already which bus is used; give it or --bus, not both.')
  return option as BusName
}

/** The address of the event bus: of the environment, else of the broker that runs in this home.
 *  @throws UserError when there is neither */
export function findBusUrl(home: Home): string {
  if (process.env.EVENT_BUS_URL) return process.env.EVENT_BUS_URL
  const names: readonly string[] = Object.values(buses)
  const record = readRunFile(home.runFile)?.processes.find(({ name }) => names.includes(name))
  if (record !== undefined && isRunning(record)) return record.probe
  throw new UserError(`No event bus runs in ${home.root}. Start the shop first: ${hint(home, 'start')}`)
}
