import { setTimeout as wait } from 'node:timers/promises'

export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
}

/** How long to wait before try n + 1 (n from 1): doubling, capped, with full jitter so that callers spread out. */
export function backoffMs(attempt: number, { firstMs, maxMs }: Backoff): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** (attempt - 1))
  return Math.round(ceiling / 2 + (Math.random() * ceiling) / 2)
}

/** Waits, or returns at once when the signal is given. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal, ref: true })
  } catch {
    // Only an abort rejects, and then the caller looks at the signal itself.
  }
}

/** Tries until it works or `attempts` are used up; the last error is thrown. For starting up against a datastore. */
export async function retry<T>(
  work: () => Promise<T>,
  { attempts, ...backoff }: Backoff & { attempts: number },
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= attempts) throw error
      await pause(backoffMs(attempt, backoff))
    }
  }
}
