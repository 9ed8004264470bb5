import { type Call, listOrders, type Order, readProfile, type User } from '@portico/contracts'
import { AppError, type CallOptions, createClient, type Log } from '@portico/service-kit'
import { refusalOf } from './refusals.ts'

/** On whose behalf a part is asked for. */
export type Caller = Pick<CallOptions, 'authorization' | 'requestId'>

/** The parts that a page is put together from, each another service's. */
export interface Parts {
  /** @throws AppError with order-service's own refusal, or unavailable */
  orders(
    query: Call<typeof listOrders>['query'],
    caller: Caller,
  ): Promise<{ items: Order[]; nextCursor: string | null }>
  /** The caller's profile, or undefined when user-service does not answer within a second. */
  user(caller: Caller): Promise<User | undefined>
}

const ORDERS_TIMEOUT_MS = 5000
const USER_TIMEOUT_MS = 1000

export function connectParts(urls: { orderUrl: string; userUrl: string }, log: Log): Parts {
  const order = createClient(urls.orderUrl)
  const user = createClient(urls.userUrl)
  return {
    async orders(query, caller) {
      try {
        return (await order(listOrders, { query }, { ...caller, timeoutMs: ORDERS_TIMEOUT_MS })).body
      } catch (cause) {
        throw refusalOf(cause) ?? new AppError('unavailable', 'order-service does not answer.', { cause })
      }
    },
    async user(caller) {
      try {
        return (await user(readProfile, {}, { ...caller, timeoutMs: USER_TIMEOUT_MS })).body
      } catch (error) {
        log.warn({ err: error, requestId: caller.requestId }, 'orders are shown without user details')
        return undefined
      }
    },
  }
}
