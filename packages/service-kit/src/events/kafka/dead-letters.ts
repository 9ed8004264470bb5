import type { Topic } from '@portico/contracts'
import { newId } from '../../ids.ts'
import type { DeadLetter, DeadLetters } from '../bus.ts'
import { type Death, refuseTooOld, splitId } from '../dead-letters.ts'
import { KafkaLetters, parsed } from './letters.ts'
import type { KafkaLine } from './line.ts'
import { append } from './log.ts'
import type { KafkaNames } from './names.ts'

/** Puts a message into the dead letters; the same under the same key once. */
export async function buryOnKafka(line: KafkaLine, names: KafkaNames, death: Death, key: string): Promise<void> {
  await append(line, names.dead(death.group), [{ key, text: JSON.stringify(death) }])
}

/** Dead letters in a compacted topic a group, under the key of the message; a record without a text takes one out. */
export function kafkaDeadLetters(
  line: KafkaLine,
  names: KafkaNames,
  ensure: (group: string) => Promise<boolean>,
): DeadLetters {
  const known = new Map<string, KafkaLetters>()
  const lettersOf = async (group: string): Promise<KafkaLetters | undefined> => {
    if (!(await ensure(group))) return undefined
    const letters = known.get(group) ?? new KafkaLetters(line, names.dead(group))
    known.set(group, letters)
    return letters
  }
  const find = async (id: string) => {
    const { group = '', at = '' } = splitId(id) ?? {}
    const letters = await lettersOf(group)
    const offset = (await letters?.all())?.get(at)
    if (!letters || offset === undefined) return undefined
    const [letter] = await bodies(letters, group, [[at, offset]])
    return letter && { letters, key: at, letter }
  }
  /** Takes one letter out after `first` is done with it. @returns false where it is gone */
  const takeOut = async (id: string, first: (letter: DeadLetter) => Promise<void>): Promise<boolean> => {
    const found = await find(id)
    if (!found) return false
    const { letters, key, letter } = found
    const claimant = newId()
    if (!(await letters.claim(key, claimant))) return false
    try {
      await first(letter)
    } catch (error) {
      await letters.release(key, claimant).catch(() => undefined)
      throw error
    }
    await letters.remove(key)
    return true
  }
  return {
    get: async (id) => (await find(id))?.letter,
    /** A cursor is the offset of the last letter of the page before. */
    async list(group, { cursor, limit }) {
      const letters = await lettersOf(group)
      if (!letters) return { items: [], nextCursor: null }
      const after = /^\d{1,18}$/.test(cursor ?? '') ? BigInt(cursor ?? '') : -1n
      const rest = [...(await letters.all())].filter(([, offset]) => offset > after)
      const page = rest.slice(0, limit)
      const last = rest.length > limit ? page.at(-1)?.[1] : undefined
      return { items: await bodies(letters, group, page), nextCursor: last === undefined ? null : String(last) }
    },
    replay: (id) =>
      takeOut(id, async (letter) => {
        refuseTooOld(letter)
        await append(line, names.replays(letter.topic, letter.group), [{ text: letter.text }])
      }),
    drop: (id) => takeOut(id, async () => undefined),
    count: async (group) => (await (await lettersOf(group))?.all())?.size ?? 0,
  }
}

async function bodies(
  letters: KafkaLetters,
  group: string,
  wanted: readonly (readonly [key: string, offset: bigint])[],
): Promise<DeadLetter[]> {
  const texts = await letters.texts(wanted.map(([, offset]) => offset))
  return wanted.flatMap(([key, offset]) => {
    const text = texts.get(offset)
    // It was taken out in the meantime.
    if (text === undefined) return []
    const { topic = '', text: message = '', reason = '', attempts = 0, at = '' } = parsed<Death>(text) ?? {}
    return [{ id: `${group}.${key}`, group, topic: topic as Topic, text: message, reason, attempts, at }]
  })
}
