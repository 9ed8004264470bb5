import type { StoredMsg } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import type { Topic } from '@portico/contracts'
import type { DeadLetter, DeadLetters } from '../bus.ts'
import { type Death, refuseTooOld, splitId } from '../dead-letters.ts'
import type { NatsLine } from './connection.ts'
import type { NatsNames } from './names.ts'

/** Puts a message into the dead letters; within two minutes the same under the same key once. */
export async function buryOnNats(line: NatsLine, names: NatsNames, death: Death, key: string): Promise<void> {
  const { jetstream } = await line.session()
  const about = headers()
  about.set('topic', death.topic)
  // A header is one line of ASCII.
  about.set('reason', encodeURIComponent(death.reason.toWellFormed()))
  about.set('attempts', String(death.attempts))
  about.set('at', death.at)
  const msgID = `${death.group} ${key} ${death.at}`
  await jetstream.publish(names.deadSubject(death.group), death.text, { headers: about, msgID })
}

/** Dead letters in one stream with a subject a group; an id is the group and the number in the stream. */
export function natsDeadLetters(line: NatsLine, names: NatsNames, ensure: () => Promise<void>): DeadLetters {
  const manager = async () => {
    await ensure()
    return (await line.session()).manager
  }
  const get = async (id: string): Promise<DeadLetter | undefined> => {
    const { group, at } = splitId(id) ?? {}
    const sequence = Number(at)
    if (group === undefined || !Number.isSafeInteger(sequence) || sequence < 1) return undefined
    const stored = await nullWhenGone((await manager()).streams.getMessage(names.dead, { seq: sequence }))
    return stored && stored.subject === names.deadSubject(group) ? letterOf(group, stored) : undefined
  }
  const drop = async (id: string): Promise<boolean> => {
    if (!(await get(id))) return false
    const sequence = Number(splitId(id)?.at)
    return (await nullWhenGone((await manager()).streams.deleteMessage(names.dead, sequence))) ?? false
  }
  return {
    get,
    drop,
    async list(group, { cursor, limit }) {
      const { streams } = await manager()
      const items: DeadLetter[] = []
      let seq = cursor === undefined ? 1 : Number(splitId(cursor)?.at ?? 0) + 1
      while (items.length <= limit) {
        const query = { seq, next_by_subj: names.deadSubject(group) }
        const stored = await nullWhenGone(streams.getMessage(names.dead, query))
        if (!stored) break
        items.push(letterOf(group, stored))
        seq = stored.seq + 1
      }
      const page = items.slice(0, limit)
      return { items: page, nextCursor: items.length > limit ? (page.at(-1)?.id ?? null) : null }
    },
    /** Several at once put in the same message, which the broker takes once; one of them takes the letter out. */
    async replay(id) {
      const letter = await get(id)
      if (!letter) return false
      refuseTooOld(letter)
      const { jetstream } = await line.session()
      await jetstream.publish(names.replaySubject(letter.topic, letter.group), letter.text, { msgID: `replay ${id}` })
      return drop(id)
    },
    async count(group) {
      const subject = names.deadSubject(group)
      const { state } = await (await manager()).streams.info(names.dead, { subjects_filter: subject })
      return state.subjects?.[subject] ?? 0
    },
  }
}

function letterOf(group: string, stored: StoredMsg): DeadLetter {
  const about = (name: string) => stored.header?.get(name) ?? ''
  return {
    id: `${group}.${stored.seq}`,
    group,
    topic: about('topic') as Topic,
    text: stored.string(),
    reason: decodeURIComponent(about('reason')),
    attempts: Number(about('attempts')),
    at: about('at'),
  }
}

const GONE = new Set([10_037, 10_043, 10_057])

/** The broker answers with an error where a message is no longer there. */
export async function nullWhenGone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (GONE.has((error as { code?: number }).code ?? 0)) return null
    throw error
  }
}
