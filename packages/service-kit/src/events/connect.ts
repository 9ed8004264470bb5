import type { Log } from '../log.ts'
import type { BusOptions, EventBus } from './bus.ts'

/** The scheme of EVENT_BUS_URL names no adapter. */
export class UnknownBus extends Error {
  override readonly name = 'UnknownBus'
}

type Connect = (url: string, log: Log, options: BusOptions) => EventBus

/** The adapters by the scheme of their addresses; only the one in use is loaded. */
const adapters: Readonly<Record<string, () => Promise<Connect>>> = {
  'redis:': async () => (await import('./redis/bus.ts')).connectRedisStreams,
  'rediss:': async () => (await import('./redis/bus.ts')).connectRedisStreams,
  'nats:': async () => (await import('./nats/bus.ts')).connectNatsJetStream,
  'kafka:': async () => (await import('./kafka/bus.ts')).connectKafka,
  'kafkas:': async () => (await import('./kafka/bus.ts')).connectKafka,
  'amqp:': async () => (await import('./rabbitmq/bus.ts')).connectRabbitMq,
  'amqps:': async () => (await import('./rabbitmq/bus.ts')).connectRabbitMq,
}

/**
 * Opens the bus that the address names by its scheme. The broker need not be there yet.
 * @throws UnknownBus that lists the schemes there are
 */
export async function connectEventBus(url: string, log: Log, options: BusOptions = {}): Promise<EventBus> {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0].toLowerCase() ?? ''
  const load = adapters[scheme]
  if (load) return (await load())(url, log, options)
  const known = Object.keys(adapters).map((each) => `${each}//`)
  throw new UnknownBus(`EVENT_BUS_URL must start with ${known.slice(0, -1).join(', ')} or ${known.at(-1)}`)
}
