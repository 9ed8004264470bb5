import type { Store } from './connection.ts'

export interface Unsettled {
  readonly kind: 'payment' | 'refund'
  readonly id: string
}

/** How long what was taken is left alone: `firstMs` after the first try, then doubling up to `maxMs`. */
export interface Lease {
  readonly firstMs: number
  readonly maxMs: number
}

/** Takes what is due at `now`; no other replica is given the same before the lease ends. */
export async function takeDue({ redis, keys }: Store, now: number, lease: Lease, limit: number): Promise<Unsettled[]> {
  const members = await redis.takeDue(keys.unsettled, keys.tries, now, lease.firstMs, lease.maxMs, limit)
  return members.map((member) => {
    const [kind, id = ''] = member.split('/')
    return { kind: kind === 'refund' ? 'refund' : 'payment', id }
  })
}

/** How many payments and refunds the provider has still to be asked about. */
export const countUnsettled = ({ redis, keys }: Store): Promise<number> => redis.zcard(keys.unsettled)
