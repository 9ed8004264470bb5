import { afterAll, beforeAll, describe } from 'vitest'
import type { Broker } from './broker.ts'
import { deadLetterSuite } from './dead-letter-suite.ts'
import { deliverySuite } from './delivery-suite.ts'
import { failureSuite } from './failure-suite.ts'

/** What the suite needs of a broker besides the port. */
export interface BusUnderTest {
  start(): Promise<Broker>
  /** Puts a text on a topic as a stranger could. */
  putRaw(url: string, prefix: string, text: string): Promise<void>
  /** How many messages of the topic the broker still has. */
  kept(url: string, prefix: string): Promise<number>
}

/** The promises of the bus port, against a real broker; every adapter passes the same suite. */
export function busSuite(name: string, under: BusUnderTest): void {
  describe(name, () => {
    let broker: Broker
    beforeAll(async () => {
      broker = await under.start()
    }, 240_000)
    afterAll(() => broker?.remove())
    deliverySuite(() => broker, under)
    deadLetterSuite(() => broker, under)
    failureSuite(() => broker, under)
  })
}
