import { randomBytes } from 'node:crypto'
import type { Event } from '@portico/contracts'
import { vi } from 'vitest'
import { newId } from '../../ids.ts'
import { createLog } from '../../log.ts'
import { pause } from '../../retry.ts'
import type { BusOptions, Closable, EventBus, Subscription } from '../bus.ts'
import { connectEventBus } from '../connect.ts'
import { newEvent } from '../new-event.ts'

export const closedOrder = (requestId?: string) =>
  newEvent('order', 'order_closed', { orderId: newId(), attempt: 1, reason: 'cancelled' }, { requestId })

export const someEvents = (count: number): Event[] => Array.from({ length: count }, () => closedOrder())
export const idsOf = (events: readonly Event[]): string[] => events.map(({ id }) => id)

/** Patience for brokers on a busy machine. */
export const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 40_000, interval: 50 }) as Promise<T>

/** Topics of a test's own on a broker, and all that was opened there. */
export class Bench {
  readonly options: Required<BusOptions> = {
    prefix: `test-${randomBytes(4).toString('hex')}`,
    takeOverAfterMs: 1500,
    maxAttempts: 4,
    trimEveryMs: 0,
  }
  readonly #url: string
  readonly #opened: Closable[] = []

  constructor(url: string) {
    this.#url = url
  }

  /** One more connection to the same topics. */
  async connect(url = this.#url): Promise<EventBus> {
    return this.keep(await connectEventBus(url, createLog('test', 'silent'), this.options))
  }

  /** Hears `order` as a group, and calls `handle` or notes what it heard. */
  async listen(
    bus: EventBus,
    group = 'product',
    handle: Subscription['handle'] = async () => undefined,
    buried?: () => void,
  ): Promise<{ readonly heard: string[] } & Closable> {
    const heard: string[] = []
    const consumer = await bus.subscribe({
      topic: 'order',
      group,
      types: ['order_closed'],
      handle: async (event) => {
        await handle(event)
        heard.push(event.id)
      },
      buried,
    })
    this.keep(consumer)
    return { heard, close: () => consumer.close() }
  }

  keep<T extends Closable>(closable: T): T {
    this.#opened.unshift(closable)
    return closable
  }

  async close(): Promise<void> {
    for (const each of this.#opened) await each.close()
  }
}

/** Publishes events one after the other as the relay does: again until the bus has taken each. */
export async function insist(bus: EventBus, events: readonly Event[]): Promise<void> {
  for (const event of events) {
    for (;;) {
      try {
        await bus.publish('order', [event])
        break
      } catch {
        await pause(20)
      }
    }
  }
}
