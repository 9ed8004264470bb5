import { type Call, listOrders, type Order, readProfile, type User } from '@portico/contracts'
import {
  AppError,
  type CallOptions,
  callEnvironment,
  callSettings,
  createCaller,
  createClient,
  createMetrics,
  type Log,
  readEnvironment,
} from '@portico/service-kit'
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

/** How the parts are asked for. All of them are only read, so each may be asked for again. */
export const partsEnvironment = {
  ...callEnvironment('ORDER', { timeoutMs: 5000, tryTimeoutMs: 2400, retries: 1 }),
  ...callEnvironment('USER', { timeoutMs: 1000, tryTimeoutMs: 480, retries: 1 }),
}

const defaults = readEnvironment(partsEnvironment, {})

export function connectParts(
  urls: { orderUrl: string; userUrl: string },
  log: Log,
  { config = defaults, metrics = createMetrics('storefront') } = {},
): Parts {
  const order = createClient(urls.orderUrl)
  const user = createClient(urls.userUrl)
  const askOrder = createCaller('order', callSettings('ORDER', config), { log, metrics })
  const askUser = createCaller('user', callSettings('USER', config), { log, metrics })
  return {
    async orders(query, caller) {
      try {
        return (await askOrder((timeoutMs) => order(listOrders, { query }, { ...caller, timeoutMs }))).body
      } catch (cause) {
        throw refusalOf(cause) ?? new AppError('unavailable', 'order-service does not answer.', { cause })
      }
    },
    async user(caller) {
      try {
        return (await askUser((timeoutMs) => user(readProfile, {}, { ...caller, timeoutMs }))).body
      } catch (error) {
        log.warn({ err: error, requestId: caller.requestId }, 'orders are shown without user details')
        return undefined
      }
    },
  }
}
