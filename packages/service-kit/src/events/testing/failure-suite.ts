import { spawn } from 'node:child_process'
import type { Event } from '@portico/contracts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pause } from '../../retry.ts'
import { Bench, closedOrder, eventually, idsOf, insist, someEvents } from './bench.ts'
import type { Broker } from './broker.ts'
import type { BusUnderTest } from './bus-suite.ts'
import { Line } from './line.ts'

/** A broker may take a minute to start on a busy machine. */
const LONG = 300_000

export function failureSuite(broker: () => Broker, under: BusUnderTest): void {
  describe('when something fails', () => {
    let bench: Bench
    beforeEach(() => {
      bench = new Bench(broker().url)
    })
    afterEach(() => bench.close())

    const run = (mode: 'stuck' | 'once') => {
      const args = [`${import.meta.dirname}/consumer-process.ts`, mode, broker().url, JSON.stringify(bench.options)]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
      bench.keep({ close: async () => void (child.kill('SIGKILL') && (await ended)) })
      const spoke = new Promise<string>((resolve) => child.stdout.once('data', (data) => resolve(String(data).trim())))
      return { child, ended, spoke }
    }

    it(
      'lets another replica take over what a killed one had not finished',
      async () => {
        const bus = await bench.connect()
        const event = closedOrder()
        await bus.publish('order', [event])
        const stuck = run('stuck')
        expect(await stuck.spoke).toBe(event.id)
        const { heard } = await bench.listen(bus)
        stuck.child.kill('SIGKILL')
        await stuck.ended
        await eventually(() => expect(heard).toEqual([event.id]))
      },
      LONG,
    )

    it(
      'lets another take over what a killed one held while older events were dropped',
      async () => {
        const bus = await bench.connect()
        const [old, held, after] = someEvents(3) as [Event, Event, Event]
        await bench.listen(bus, 'payment')
        const first = await bench.listen(bus)
        await bus.publish('order', [old])
        await eventually(() => expect(first.heard).toEqual([old.id]))
        await first.close()
        const stuck = run('stuck')
        await bus.publish('order', [held])
        expect(await stuck.spoke).toBe(held.id)
        await bus.publish('order', [after])
        stuck.child.kill('SIGKILL')
        await stuck.ended
        const { heard } = await bench.listen(bus)
        await eventually(() => expect(heard.toSorted()).toEqual([held.id, after.id].toSorted()))
      },
      LONG,
    )

    it(
      'gives nobody else what a living replica is slow to finish',
      async () => {
        const bus = await bench.connect()
        const slow = await bench.listen(bus, 'product', () => pause(3 * bench.options.takeOverAfterMs))
        const event = closedOrder()
        await bus.publish('order', [event])
        const other = await bench.listen(await bench.connect())
        await eventually(() => expect(slow.heard).toEqual([event.id]))
        expect(other.heard).toEqual([])
      },
      LONG,
    )

    it(
      'leaves nothing that keeps a process from ending after a shutdown',
      async () => {
        const bus = await bench.connect()
        const { ended, spoke } = run('once')
        await bus.publish('order', [closedOrder()])
        await spoke
        expect(await ended).toBe(0)
      },
      LONG,
    )

    it(
      'waits for a broker that is not there yet',
      async () => {
        await broker().stop()
        const bus = await bench.connect()
        const { heard } = await bench.listen(bus)
        const event = closedOrder()
        await expect(bus.publish('order', [event])).rejects.toThrow()
        await expect(bus.ping()).rejects.toThrow()
        const publishing = insist(bus, [event])
        await broker().start()
        await publishing
        await eventually(() => expect(heard).toContain(event.id))
        await bus.ping()
      },
      LONG,
    )

    it(
      'loses nothing that was published when the broker is killed and comes again',
      async () => {
        const bus = await bench.connect()
        const product = await bench.listen(bus, 'product')
        const events = someEvents(150)
        const publishing = insist(bus, events)
        await eventually(() => expect(product.heard.length).toBeGreaterThan(10))
        await broker().stop('SIGKILL')
        await broker().start()
        await publishing
        const payment = await bench.listen(bus, 'payment')
        await eventually(() => expect(new Set(product.heard)).toEqual(new Set(idsOf(events))))
        await eventually(() => expect(new Set(payment.heard)).toEqual(new Set(idsOf(events))))
      },
      LONG,
    )

    it(
      'recovers when the broker is killed as soon as it has the topic',
      async () => {
        const bus = await bench.connect()
        const { heard } = await bench.listen(bus)
        const events = someEvents(3)
        const publishing = insist(bus, events)
        await eventually(() => under.kept(broker().url, bench.options.prefix))
        await broker().stop('SIGKILL')
        await broker().start()
        await publishing
        await eventually(() => expect(new Set(heard)).toEqual(new Set(idsOf(events))))
      },
      LONG,
    )

    it(
      'loses nothing when connections are cut again and again',
      async () => {
        const line = bench.keep(await Line.open(broker().url))
        const bus = await bench.connect(line.url)
        const { heard } = await bench.listen(bus)
        const events = someEvents(60)
        const publishing = insist(bus, events)
        for (const share of [5, 15, 25]) {
          await eventually(() => expect(new Set(heard).size).toBeGreaterThan(share))
          line.cut()
        }
        await publishing
        await eventually(() => expect(new Set(heard)).toEqual(new Set(idsOf(events))))
      },
      LONG,
    )

    it(
      'gets everything over a slow line',
      async () => {
        const line = bench.keep(await Line.open(broker().url))
        line.slow(100)
        const bus = await bench.connect(line.url)
        const { heard } = await bench.listen(bus)
        const events = someEvents(20)
        await insist(bus, events.slice(0, 3))
        await bus.publish('order', events.slice(3))
        await eventually(() => expect(new Set(heard)).toEqual(new Set(idsOf(events))))
      },
      LONG,
    )

    it(
      'notices a line that went silent, and catches up over a new one',
      async () => {
        const line = bench.keep(await Line.open(broker().url))
        const bus = await bench.connect(line.url)
        const { heard } = await bench.listen(bus)
        const [before, meanwhile] = [closedOrder(), closedOrder()]
        await insist(bus, [before])
        await eventually(() => expect(heard).toContain(before.id))
        line.silence()
        await expect(bus.publish('order', [meanwhile])).rejects.toThrow()
        line.restore()
        await insist(bus, [meanwhile])
        await eventually(() => expect(heard).toContain(meanwhile.id))
      },
      LONG,
    )
  })
}
