import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '@portico/service-kit'

export interface ChargeLimits {
  /** Charges of one customer in flight at once. */
  readonly perCustomer: number
  /** Charges of one customer that wait for a place; beyond that a charge is left to the sweep. */
  readonly waitingPerCustomer: number
  /** Charges of all customers that wait. */
  readonly waiting: number
  /** Milliseconds that a caller waits for a charge in flight, which goes on without it. */
  readonly patienceMs: number
}

export const chargeLimits: ChargeLimits = {
  perCustomer: 4,
  waitingPerCustomer: 100,
  waiting: 5000,
  patienceMs: 1000,
}

/** Makes a charge. @param waited whether it was queued before, so that something else may have made it meanwhile */
export type MakeCharge = (waited: boolean) => Promise<void>

interface Lane {
  running: number
  /** By payment id, so that the sweep queues nothing twice. */
  readonly waiting: Map<string, MakeCharge>
}

/**
 * Keeps the charges of one customer, whose provider may let each of them hang, from taking the places of everybody:
 * those of the event consumer, of the sweep and of calls to the provider. What is queued is stored as unsettled, so
 * whatever is dropped here, or lost in a crash, is made by a later sweep.
 */
export class ChargeQueue {
  readonly #log: Log
  readonly #limits: ChargeLimits
  readonly #lanes = new Map<string, Lane>()
  readonly #inFlight = new Set<Promise<void>>()
  #waiting = 0
  #closed = false

  constructor(log: Log, limits: ChargeLimits = chargeLimits) {
    this.#log = log
    this.#limits = limits
  }

  /**
   * Makes a charge now if its customer has a place, otherwise after the customer's earlier ones.
   * @returns when it is made, or is to be waited for no longer: at once if it was queued
   * @throws what `charge` throws, if that is within the patience
   */
  async add({ id, customerId }: Charge, charge: MakeCharge): Promise<void> {
    const lane = this.#lanes.get(customerId) ?? { running: 0, waiting: new Map<string, MakeCharge>() }
    this.#lanes.set(customerId, lane)
    if (lane.running < this.#limits.perCustomer)
      await this.#patiently(
        id,
        this.#run(customerId, lane, () => charge(false)),
      )
    else if (!this.#closed) this.#enqueue(lane, id, charge)
  }

  /** Drops what waits, and resolves when no charge is in flight. */
  async close(): Promise<void> {
    this.#closed = true
    for (const { waiting } of this.#lanes.values()) waiting.clear()
    await Promise.allSettled(this.#inFlight)
  }

  #enqueue({ waiting }: Lane, id: string, charge: MakeCharge): void {
    const full = waiting.size >= this.#limits.waitingPerCustomer || this.#waiting >= this.#limits.waiting
    if (full || waiting.has(id)) return
    waiting.set(id, charge)
    this.#waiting += 1
  }

  #run(customerId: string, lane: Lane, charge: () => Promise<void>): Promise<void> {
    lane.running += 1
    const run = charge().finally(() => {
      lane.running -= 1
      this.#inFlight.delete(run)
      this.#next(customerId, lane)
    })
    this.#inFlight.add(run)
    return run
  }

  #next(customerId: string, lane: Lane): void {
    const [first] = lane.waiting
    if (first) {
      const [id, charge] = first
      lane.waiting.delete(id)
      this.#waiting -= 1
      const run = this.#run(customerId, lane, () => charge(true))
      run.catch((error: unknown) => this.#failed(id, error))
    } else if (lane.running === 0) this.#lanes.delete(customerId)
  }

  async #patiently(id: string, run: Promise<void>): Promise<void> {
    const enough = new AbortController()
    const patience = wait(this.#limits.patienceMs, true, { signal: enough.signal }).catch(() => false)
    const late = await Promise.race([run, patience]).finally(() => enough.abort())
    if (late) run.catch((error: unknown) => this.#failed(id, error))
  }

  /** Of a charge that nobody waits for. */
  #failed(paymentId: string, error: unknown): void {
    this.#log.warn({ err: error, paymentId }, 'a charge failed; the sweep makes it again')
  }
}

export interface Charge {
  /** The payment's. */
  readonly id: string
  readonly customerId: string
}
