import type { Configuration } from '../../config/configuration.ts'
import type { Consumer } from '../../config/entities.ts'
import type { Exchange } from '../../exchange.ts'
import type { Exit, Maybe } from '../plugin.ts'
import { setConsumer } from './consumer-headers.ts'

/** The `anonymous` of a configuration names no consumer. */
export class AnonymousConsumerMissing extends Error {
  override readonly name = 'AnonymousConsumerMissing'
  constructor(anonymous: string) {
    super(`the anonymous consumer ${anonymous} does not exist`)
  }
}

/**
 * Authenticates as Kong's authentication plugins all do: without `anonymous` a failure refuses the request; with it,
 * who has been authenticated by a plugin before is left alone, and who fails becomes the anonymous consumer.
 * @throws AnonymousConsumerMissing
 */
export function authenticate(
  exchange: Exchange,
  anonymous: string | null,
  attempt: () => Maybe<Exit | undefined>,
): Maybe<Exit | undefined> {
  if (anonymous === null) return attempt()
  if (exchange.credential) return undefined
  const outcome = attempt()
  if (outcome instanceof Promise) return outcome.then((exit) => orAnonymous(exchange, anonymous, exit))
  return orAnonymous(exchange, anonymous, outcome)
}

function orAnonymous(exchange: Exchange, anonymous: string, exit: Exit | undefined): undefined {
  if (!exit) return
  const consumer = findConsumer(exchange.configuration, anonymous)
  if (!consumer) throw new AnonymousConsumerMissing(anonymous)
  setConsumer(exchange, consumer, undefined)
}

/** A consumer by id or username. */
function findConsumer(configuration: Configuration, name: string): Consumer | undefined {
  return configuration.table('consumers').get(name) ?? configuration.by('consumers', 'username').get(name)
}
