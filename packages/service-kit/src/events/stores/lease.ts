import { randomUUID } from 'node:crypto'

/** A lock for datastores without one that ends with its connection: it ends by itself unless its holder renews it. */
export interface Lease {
  readonly lastsMs: number
  /** @returns whether it was free */
  take(holder: string): Promise<boolean>
  /** @returns whether it is still the holder's */
  renew(holder: string): Promise<boolean>
  release(holder: string): Promise<void>
}

/**
 * Does work while holding a lease, renewed three times in its length. A process that is stopped for longer may lose
 * it and go on all the same: the work must bear to be done by two, as publishing does.
 * @returns undefined when somebody else holds it
 */
export async function whileLeased<T>(lease: Lease, work: () => Promise<T>): Promise<T | undefined> {
  const holder = randomUUID()
  if (!(await lease.take(holder))) return undefined
  try {
    return await whileRenewed(lease, holder, work)
  } finally {
    // The lease ends by itself where this fails; the work's own error says more.
    await lease.release(holder).catch(() => undefined)
  }
}

/** Does work while a lease that was taken is renewed. */
export async function whileRenewed<T>(
  lease: Pick<Lease, 'lastsMs' | 'renew'>,
  holder: string,
  work: () => Promise<T>,
): Promise<T> {
  const renewal = setInterval(() => void lease.renew(holder).catch(() => undefined), lease.lastsMs / 3)
  try {
    return await work()
  } finally {
    clearInterval(renewal)
  }
}
