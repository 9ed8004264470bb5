import { randomUUID } from 'node:crypto'
import type { Event } from '@portico/contracts'
import type { Redis } from 'ioredis'
import type { Log } from '../log.ts'
import { backoffMs, pause } from '../retry.ts'
import type { Closable, Subscription } from './bus.ts'
import { MalformedEvent } from './consumers.ts'

interface ConsumerOptions {
  readonly stream: string
  readonly deadLetters: string
  readonly subscription: Subscription
  readonly open: () => Redis
  readonly ensureGroup: (redis: Redis) => Promise<void>
  readonly claimAfterMs: number
  readonly maxAttempts: number
  readonly log: Log
}

type Message = readonly [id: string, fields: readonly string[] | null]

const MAX_IN_FLIGHT = 32
const BLOCK_MS = 1000
const HANDLER_BACKOFF = { firstMs: 100, maxMs: 5000 }
const BROKER_BACKOFF = { firstMs: 50, maxMs: 1000 }

/**
 * Reads one group's messages and handles up to 32 at once. A message is acknowledged once its handler resolves; a
 * failed one is tried again with back-off and does not hold up the others. Messages that a dead replica left are
 * claimed after a while.
 */
export function startRedisConsumer(options: ConsumerOptions): Closable {
  const { stream, subscription, claimAfterMs, log } = options
  const { group } = subscription
  const name = `${group}-${randomUUID()}`
  /** Reads block, so acknowledgements go over a connection of their own. */
  const reader = options.open()
  const writer = options.open()
  const stop = new AbortController()
  const inFlight = new Map<string, Promise<void>>()

  const take = (message: Message) => {
    const [id] = message
    if (inFlight.has(id)) return
    const work = settle(message, { ...options, writer, stop: stop.signal }).finally(() => inFlight.delete(id))
    inFlight.set(id, work)
  }

  const claimAbandoned = async () => {
    const [, messages] = (await writer.xautoclaim(stream, group, name, claimAfterMs, '0', 'COUNT', MAX_IN_FLIGHT)) as [
      string,
      Message[],
    ]
    for (const message of messages) take(message)
  }

  const loop = async () => {
    let failures = 0
    let claimAt = 0
    while (!stop.signal.aborted) {
      try {
        if (Date.now() >= claimAt) {
          await options.ensureGroup(writer)
          await claimAbandoned()
          claimAt = Date.now() + claimAfterMs / 2
        }
        const room = MAX_IN_FLIGHT - inFlight.size
        if (room <= 0) {
          await Promise.race([...inFlight.values(), pause(BLOCK_MS, stop.signal)])
          continue
        }
        const answer = (await reader.xreadgroup(
          'GROUP',
          group,
          name,
          'COUNT',
          room,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          stream,
          '>',
        )) as [string, Message[]][] | null
        for (const message of answer?.[0]?.[1] ?? []) take(message)
        failures = 0
      } catch (error) {
        if (stop.signal.aborted) return
        failures += 1
        claimAt = 0
        log.warn({ err: error, stream, failures }, 'the event bus could not be read; trying again')
        await pause(backoffMs(failures, BROKER_BACKOFF), stop.signal)
      }
    }
  }
  const done = loop()

  return {
    async close() {
      stop.abort()
      reader.disconnect()
      await done
      await Promise.allSettled(inFlight.values())
      await leaveGroup(writer, stream, group, name).catch(() => undefined)
      writer.disconnect()
    },
  }
}

type Settling = ConsumerOptions & { readonly writer: Redis; readonly stop: AbortSignal }

/** Handles one message to its end: acknowledged, or dead. Left pending when the consumer stops first. */
async function settle([id, fields]: Message, options: Settling): Promise<void> {
  const { stream, subscription, maxAttempts, stop, log } = options
  for (let attempt = 1; !stop.aborted; attempt++) {
    try {
      const event = fields && parse(fields)
      if (event && subscription.types.includes(event.type)) await subscription.handle(event)
      await options.writer.xack(stream, subscription.group, id)
      return
    } catch (error) {
      const hopeless = error instanceof MalformedEvent || attempt >= maxAttempts
      log.warn({ err: error, stream, messageId: id, attempt, hopeless }, 'an event could not be handled')
      if (hopeless && (await bury(id, fields, error, attempt, options))) return subscription.buried?.()
      await pause(backoffMs(attempt, HANDLER_BACKOFF), stop)
    }
  }
}

/** Moves a message to the dead letters with its reason, in one step. @returns whether Redis took it */
async function bury(
  id: string,
  fields: Message[1],
  reason: unknown,
  attempts: number,
  options: Settling,
): Promise<boolean> {
  const { writer, stream, deadLetters, subscription } = options
  try {
    const replies = await writer
      .multi()
      .xadd(
        deadLetters,
        '*',
        'event',
        eventText(fields) ?? '',
        'stream',
        stream,
        'reason',
        String(reason).slice(0, 2000),
        'attempts',
        String(attempts),
        'at',
        new Date().toISOString(),
      )
      .xack(stream, subscription.group, id)
      .exec()
    return replies?.every(([error]) => !error) ?? false
  } catch {
    return false
  }
}

function eventText(fields: Message[1]): string | undefined {
  const at = fields?.indexOf('event') ?? -1
  return at < 0 ? undefined : fields?.[at + 1]
}

function parse(fields: readonly string[]): Event {
  try {
    return JSON.parse(eventText(fields) ?? '') as Event
  } catch (cause) {
    throw new MalformedEvent('the message is not JSON', { cause })
  }
}

/** A consumer that holds nothing is taken out, so that restarts don't pile them up. */
async function leaveGroup(redis: Redis, stream: string, group: string, name: string): Promise<void> {
  const pending = (await redis.xpending(stream, group, '-', '+', 1, name)) as unknown[]
  if (pending.length === 0) await redis.xgroup('DELCONSUMER', stream, group, name)
}
