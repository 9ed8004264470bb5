import type { Event } from '@portico/contracts'
import type { DeadLetter, Subscription } from './bus.ts'
import { HANDLED_KEPT_MS } from './stores/kept.ts'

/** A dead letter without the id that the broker gives it. */
export type Death = Omit<DeadLetter, 'id'>

/** The event of a dead letter is so old that its inbox may have forgotten it: handled twice, it would be done twice. */
export class TooOldToReplay extends Error {
  override readonly name = 'TooOldToReplay'
}

const REASON_LENGTH = 2000

export function deathOf(
  text: string,
  { topic, group }: Pick<Subscription, 'topic' | 'group'>,
  reason: unknown,
  attempts: number,
): Death {
  return { group, topic, text, reason: String(reason).slice(0, REASON_LENGTH), attempts, at: new Date().toISOString() }
}

/** The event of a dead letter, or undefined where it is not even JSON. */
export function eventOf({ text }: Pick<DeadLetter, 'text'>): Event | undefined {
  try {
    return JSON.parse(text) as Event
  } catch {
    return undefined
  }
}

/** @throws TooOldToReplay */
export function refuseTooOld(letter: DeadLetter, now = Date.now()): void {
  const at = Date.parse(eventOf(letter)?.time ?? letter.at)
  if (now - at > HANDLED_KEPT_MS) throw new TooOldToReplay(`the event of ${new Date(at).toISOString()} is too old`)
}

/** Splits `group.rest`, which every adapter's ids are. */
export function splitId(id: string): { readonly group: string; readonly at: string } | undefined {
  const match = /^([a-z][a-z0-9-]*)\.([0-9a-zA-Z-]+)$/.exec(id)
  return match ? { group: match[1] ?? '', at: match[2] ?? '' } : undefined
}
