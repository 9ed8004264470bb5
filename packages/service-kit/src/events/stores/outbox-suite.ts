import { spawn } from 'node:child_process'
import type { Event } from '@portico/contracts'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { newId } from '../../ids.ts'
import { createLog } from '../../log.ts'
import { createMetrics } from '../../metrics.ts'
import type { EventBus } from '../bus.ts'
import { newEvent } from '../new-event.ts'
import type { Outbox } from '../outbox.ts'
import { startOutboxRelay } from '../outbox-relay.ts'

/** A datastore with an empty outbox and a place where causes are written, for one test. */
export interface OutboxUnderTest {
  /** The outbox as one more replica sees it. */
  replica(): Outbox
  /** Writes a cause of this name together with its event; `fails` makes the write fail after both. */
  write(cause: string, event: Event, fails?: boolean): Promise<void>
  causes(): Promise<string[]>
  /** The arguments with which `outbox-holder.ts` opens the same outbox. */
  readonly holder: readonly string[]
  close(): Promise<void>
}

const about = (subject: string) =>
  newEvent('order', 'order_closed', { orderId: subject, attempt: 1, reason: 'cancelled' })
const idsOf = (events: readonly Event[]) => events.map(({ id }) => id)
const down = () => Promise.reject(new Error('the bus is down'))

/** The promises of an outbox; every datastore's passes the same suite. */
export function outboxSuite(setUp: () => Promise<OutboxUnderTest>): void {
  let store: OutboxUnderTest
  beforeEach(async () => {
    store = await setUp()
  })
  afterEach(() => store.close())

  const writeSome = async (count: number, subject = newId()) => {
    const events = Array.from({ length: count }, () => about(subject))
    for (const event of events) await store.write(`cause of ${event.id}`, event)
    return events
  }

  it('has an event together with its cause, or neither', async () => {
    const [kept, lost] = [about(newId()), about(newId())]
    await store.write('kept', kept)
    await expect(store.write('lost', lost, true)).rejects.toThrow()
    const published: Event[] = []
    await store.replica().drain(10, async (events) => void published.push(...events))
    expect(await store.causes()).toEqual(['kept'])
    expect(published).toEqual([kept])
  })

  it('hands over the events of a subject in the order of their writing, in batches, and each once', async () => {
    const events = await writeSome(5)
    const outbox = store.replica()
    const published: Event[] = []
    const publish = async (batch: readonly Event[]) => void published.push(...batch)
    expect([await outbox.drain(3, publish), await outbox.drain(3, publish)]).toEqual([3, 2])
    expect(idsOf(published)).toEqual(idsOf(events))
    expect(await outbox.drain(3, down)).toBe(0)
  })

  it('hands over what many wrote at once', async () => {
    const subjects = Array.from({ length: 20 }, newId)
    const written = (await Promise.all(subjects.map((subject) => writeSome(3, subject)))).flat()
    const published: Event[] = []
    while ((await store.replica().drain(7, async (events) => void published.push(...events))) > 0);
    expect(idsOf(published).toSorted()).toEqual(idsOf(written).toSorted())
    for (const subject of subjects) {
      const of = (events: readonly Event[]) => idsOf(events.filter((event) => event.subject === subject))
      expect(of(published)).toEqual(of(written))
    }
  })

  it('marks nothing before the bus has it, and knows how many wait and since when', async () => {
    const before = Date.now()
    const events = await writeSome(2)
    const outbox = store.replica()
    await expect(outbox.drain(10, down)).rejects.toThrow('the bus is down')
    const { waiting, oldestAt = 0 } = await outbox.depth()
    expect(waiting).toBe(2)
    expect(Math.abs(oldestAt - before)).toBeLessThan(60_000)
    let published: string[] = []
    await outbox.drain(10, async (batch) => {
      published = idsOf(batch)
    })
    expect(published).toEqual(idsOf(events))
    expect(await outbox.depth()).toEqual({ waiting: 0, oldestAt: undefined })
  })

  it('works for one relay at a time', async () => {
    await writeSome(1)
    const [one, other] = [store.replica(), store.replica()]
    let second = -1
    await one.drain(10, async () => {
      second = await other.drain(10, () => Promise.reject(new Error('two at once')))
    })
    expect(second).toBe(0)
  })

  it('is drained by another replica after the relay was killed in the middle of publishing', async () => {
    const events = await writeSome(2)
    const child = spawn(process.execPath, [`${import.meta.dirname}/outbox-holder.ts`, ...store.holder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve))
      expect(await store.replica().drain(10, down)).toBe(0)
    } finally {
      child.kill('SIGKILL')
      await ended
    }
    const published: Event[] = []
    const publish = async (batch: readonly Event[]) => void published.push(...batch)
    await vi.waitFor(async () => expect(await store.replica().drain(10, publish)).toBe(2), 20_000)
    expect(idsOf(published)).toEqual(idsOf(events))
  })

  it('is emptied by two relays while the bus fails now and then, nothing lost', async () => {
    const published = new Set<string>()
    let calls = 0
    const bus: Pick<EventBus, 'publish'> = {
      publish: async (_, events) => {
        calls += 1
        if (calls % 2 === 1) throw new Error('the bus is down')
        for (const { id } of events) published.add(id)
      },
    }
    const relays = ['one', 'other'].map((name) =>
      startOutboxRelay({
        topic: 'order',
        outbox: store.replica(),
        bus,
        log: createLog('test', 'silent'),
        metrics: createMetrics(name),
      }),
    )
    const events = await writeSome(20)
    for (const relay of relays) relay.wake()
    await vi.waitFor(() => expect(published.size).toBe(20), 20_000)
    for (const relay of relays) await relay.close()
    expect([...published].toSorted()).toEqual(idsOf(events).toSorted())
    expect((await store.replica().depth()).waiting).toBe(0)
  })
}
