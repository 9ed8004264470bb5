import { publisherOf, type Topic } from '@portico/contracts'

/** An event that is not what the contract says; it goes to the dead letters, since another try won't mend it. */
export class MalformedEvent extends Error {
  override readonly name: string = 'MalformedEvent'
}

/** An event that somebody else published than the service that alone may. */
export class ForgedEvent extends MalformedEvent {
  override readonly name = 'ForgedEvent'
}

/**
 * Refuses an event that says it comes from another service than the owner of the topic it came by, or whose type belongs
 * to another topic. A type that the contract does not know is left to the caller.
 * @throws ForgedEvent
 */
export function refuseForged({ type, source }: { type: string; source?: unknown }, topic: Topic | undefined): void {
  const publisher = publisherOf(type)
  if (publisher === undefined) return
  if (publisher !== topic)
    throw new ForgedEvent(`${type} came by the topic of ${topic}, and is published by ${publisher}`)
  if (source !== `/${publisher}`)
    throw new ForgedEvent(`${type} of ${publisher} names ${JSON.stringify(source)} as its source`)
}
