import { UserError } from '../../../scripts/command-line/user-error.ts'
import type { BusName } from '../../../scripts/shop/buses.ts'

/** What a judge and an injector do with a broker, past the shop's own adapter. */
export interface BusEvidence {
  /** Whether the named steps of publishing and acknowledging are found on it. */
  readonly hasSteps: boolean
  /** Said once when the shop is up, where copies of what is published have to be asked for. */
  begin(url: string): Promise<void>
  /** What is still on its way, and what was given up, each as a line for people. */
  unfinished(url: string): Promise<string[]>
  /** Publishes again up to so many of the last events of each topic. @returns how many it were */
  duplicate(url: string, count: number): Promise<number>
}

/** By the name of the bus; only the driver of the one in use is loaded. */
const evidence: Readonly<Partial<Record<BusName, () => Promise<BusEvidence>>>> = {
  redis: async () => (await import('./redis.ts')).redisBus,
  nats: async () => (await import('./nats.ts')).natsBus,
  kafka: async () => (await import('./kafka.ts')).kafkaBus,
  rabbitmq: async () => (await import('./rabbitmq.ts')).rabbitBus,
}

/** @throws UserError for a bus that no run can be judged on */
export async function busEvidence(name: BusName): Promise<BusEvidence> {
  const load = evidence[name]
  if (load) return load()
  throw new UserError(`A run on ${name} can't be judged yet; there are ${Object.keys(evidence).join(', ')}.`)
}
