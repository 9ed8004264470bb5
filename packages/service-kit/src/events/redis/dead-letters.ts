import type { Topic } from '@portico/contracts'
import type { Redis } from 'ioredis'
import type { DeadLetter, DeadLetters } from '../bus.ts'
import { refuseTooOld, splitId } from '../dead-letters.ts'
import type { BusKeys } from './keys.ts'

/** From the dead letters to the replays of its group, in one step and once. KEYS: dead, replays. ARGV: id, message. */
const REPLAY = `
if redis.call('xdel', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('xadd', KEYS[2], '*', 'event', ARGV[2])
return 1`

/** Dead letters in a stream a group, each under the id that Redis gave it. */
export function redisDeadLetters(redis: Redis, keys: BusKeys): DeadLetters {
  const get = async (id: string): Promise<DeadLetter | undefined> => {
    const name = splitId(id)
    if (!name || !/^\d+-\d+$/.test(name.at)) return undefined
    const [entry] = await redis.xrange(keys.dead(name.group), name.at, name.at)
    return entry && letterOf(name.group, entry)
  }
  return {
    get,
    async list(group, { cursor, limit }) {
      const from = cursor === undefined ? '-' : `(${splitId(cursor)?.at ?? '0'}`
      const entries = await redis.xrange(keys.dead(group), from, '+', 'COUNT', limit + 1)
      const items = entries.slice(0, limit).map((entry) => letterOf(group, entry))
      return { items, nextCursor: entries.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
    async replay(id) {
      const letter = await get(id)
      if (!letter) return false
      refuseTooOld(letter)
      const { group, topic, text } = letter
      const at = splitId(id)?.at ?? ''
      return (await redis.eval(REPLAY, 2, keys.dead(group), keys.replays(topic, group), at, text)) === 1
    },
    async drop(id) {
      const name = splitId(id)
      return name !== undefined && (await redis.xdel(keys.dead(name.group), name.at)) === 1
    },
    count: (group) => redis.xlen(keys.dead(group)),
  }
}

function letterOf(group: string, [id, fields]: [string, string[]]): DeadLetter {
  const value = (name: string) => fields[fields.indexOf(name) + 1] ?? ''
  return {
    id: `${group}.${id}`,
    group,
    topic: value('topic') as Topic,
    text: value('event'),
    reason: value('reason'),
    attempts: Number(value('attempts')),
    at: value('at'),
  }
}
