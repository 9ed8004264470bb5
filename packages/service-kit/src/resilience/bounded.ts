import { BulkheadRejectedError, bulkhead } from 'cockatiel'
import { AppError } from '../app-error.ts'

/** Runs costly work within limits, first come, first served. */
export interface Bounded {
  /** @throws AppError unavailable with Retry-After when the queue is full; whatever the work throws */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Work that waits for a slot. */
  readonly waiting: number
}

/**
 * @param limits.concurrent work that runs at the same time, at least 1
 * @param limits.waiting work that may wait for a slot
 */
export function createBounded(limits: { readonly concurrent: number; readonly waiting: number }): Bounded {
  const slots = bulkhead(limits.concurrent, limits.waiting)
  return {
    async run(work) {
      try {
        return await slots.execute(work)
      } catch (error) {
        if (!(error instanceof BulkheadRejectedError)) throw error
        const headers = { 'retry-after': '1' }
        throw new AppError('unavailable', 'Too many concurrent requests. Retry shortly.', { cause: error, headers })
      }
    },
    get waiting() {
      return limits.waiting - slots.queueSlots
    },
  }
}
