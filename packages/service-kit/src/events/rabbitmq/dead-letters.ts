import type { Topic } from '@portico/contracts'
import type { Channel, GetMessage } from 'amqplib'
import { newId } from '../../ids.ts'
import { within } from '../../within.ts'
import type { DeadLetter, DeadLetters } from '../bus.ts'
import { type Death, refuseTooOld, splitId } from '../dead-letters.ts'
import { ANSWER_MS, confirmed, type RabbitLine, type RabbitSession } from './connection.ts'
import { lock } from './lock.ts'
import type { RabbitNames } from './names.ts'

export async function buryOnRabbit(line: RabbitLine, names: RabbitNames, death: Death): Promise<void> {
  const { text, group, ...headers } = death
  await confirmed(await line.session(), ['', names.dead(group)], text, { messageId: newId(), headers })
}

/**
 * Dead letters in a queue a group. A queue can only be looked at by taking its messages out and giving them back, so
 * one looks at a time: under a lock that ends with its connection.
 */
export function rabbitDeadLetters(
  line: RabbitLine,
  names: RabbitNames,
  ensure: (group: string) => Promise<boolean>,
): DeadLetters {
  /** Those who look at a group on this connection, which has the lock as a whole, one after the other. */
  const inLine = new Map<string, Promise<unknown>>()
  const looking = <T>(group: string, work: (look: Look) => Promise<T>, nothing: T): Promise<T> => {
    const before = inLine.get(group) ?? Promise.resolve()
    const mine = before.then(() => look(group, work, nothing))
    inLine.set(
      group,
      mine.catch(() => undefined),
    )
    return mine
  }
  /** Hands all letters of a group to `work`; those it does not take out go back where they were. */
  const look = async <T>(group: string, work: (look: Look) => Promise<T>, nothing: T): Promise<T> => {
    if (!(await ensure(group))) return nothing
    const session = await line.session()
    const unlock = await lock(session, names.lock(group))
    const channel = await within(ANSWER_MS, session.connection.createChannel())
    channel.on('error', () => undefined)
    try {
      return await work({ session, channel, letters: await takeAll(channel, names.dead(group), group) })
    } finally {
      await within(ANSWER_MS, channel.close()).catch(() => undefined)
      await unlock()
    }
  }
  /** Takes one letter out after `first` is done with it. @returns false where it is gone */
  const takeOut = async (id: string, first: (session: RabbitSession, letter: DeadLetter) => Promise<void>) => {
    const group = splitId(id)?.group ?? ''
    return looking(
      group,
      async ({ session, channel, letters }) => {
        const found = letters.find(({ letter }) => letter.id === id)
        if (!found) return false
        await first(session, found.letter)
        channel.ack(found.message)
        return true
      },
      false,
    )
  }
  return {
    list: (group, { cursor, limit }) =>
      looking(
        group,
        async ({ letters }) => {
          const from = letters.findIndex(({ letter }) => letter.id === cursor) + 1
          const items = letters.slice(from, from + limit).map(({ letter }) => letter)
          return { items, nextCursor: letters.length > from + limit ? (items.at(-1)?.id ?? null) : null }
        },
        { items: [], nextCursor: null },
      ),
    get: (id) =>
      looking(
        splitId(id)?.group ?? '',
        async ({ letters }) => letters.find(({ letter }) => letter.id === id)?.letter,
        undefined,
      ),
    replay: (id) =>
      takeOut(id, async (session, letter) => {
        refuseTooOld(letter)
        await confirmed(session, ['', names.queue(letter.topic, letter.group)], letter.text)
      }),
    drop: (id) => takeOut(id, async () => undefined),
    count: (group) => looking(group, async ({ letters }) => letters.length, 0),
  }
}

interface Look {
  readonly session: RabbitSession
  readonly channel: Channel
  readonly letters: readonly { readonly letter: DeadLetter; readonly message: GetMessage }[]
}

async function takeAll(channel: Channel, queue: string, group: string): Promise<Look['letters']> {
  const letters: Look['letters'][number][] = []
  for (;;) {
    const message = await within(ANSWER_MS, channel.get(queue))
    if (!message) return letters
    letters.push({ letter: letterOf(group, message), message })
  }
}

function letterOf(group: string, { content, properties }: GetMessage): DeadLetter {
  const { topic, reason, attempts, at } = properties.headers ?? {}
  return {
    id: `${group}.${properties.messageId}`,
    group,
    topic: topic as Topic,
    text: content.toString(),
    reason: String(reason),
    attempts: Number(attempts),
    at: String(at),
  }
}
