import { randomUUID } from 'node:crypto'
import type { Order } from '@portico/contracts'
import { AppError, createLog, createTrail, newId, readEnvironment } from '@portico/service-kit'
import { createOutbox as mysqlOutbox } from '@portico/service-kit/mysql'
import { createOutbox as postgresOutbox } from '@portico/service-kit/postgres'
import { createOutbox as redisOutbox } from '@portico/service-kit/redis'
import { expireOrders, letHappen } from '../../services/order/src/changing.ts'
import { limitEnvironment, orderLimits } from '../../services/order/src/config.ts'
import { createHandlers as orderHandlers } from '../../services/order/src/events.ts'
import { createPlacing, type Shop } from '../../services/order/src/placing.ts'
import { ChargeQueue } from '../../services/payment/src/charge-queue.ts'
import { createHandlers as paymentHandlers } from '../../services/payment/src/events.ts'
import { refundByAdmin } from '../../services/payment/src/refunding.ts'
import { type Desk, settleDue } from '../../services/payment/src/settling.ts'
import { countUnsettled } from '../../services/payment/src/store/unsettled.ts'
import { createHandlers as productHandlers } from '../../services/product/src/events.ts'
import { hold, sweepEndedHolds } from '../../services/product/src/holds.ts'
import { ManualBus } from './bus.ts'
import { openProvider } from './provider.ts'
import { openStores, type Stores } from './stores.ts'

const MINUTE_MS = 60_000
const PRICE = { amount: 1000, currency: 'EUR' }

/**
 * order, product and payment with their real stores and code, and the provider's real ledger; time and the bus move
 * when a test says so. What a service refuses is undefined.
 */
export async function openWorld() {
  const stores = await openStores()
  const sandbox = openProvider()
  const nothing = () => undefined
  const silent = createLog('test', 'silent')
  const desk: Desk = {
    store: stores.payments,
    provider: sandbox.provider,
    log: silent,
    charges: new ChargeQueue(silent),
    published: nothing,
  }
  const bus = new ManualBus(
    {
      order: mysqlOutbox(stores.orders),
      product: postgresOutbox(stores.products),
      payment: redisOutbox(stores.payments.redis, stores.payments.keys),
    },
    {
      order: orderHandlers(stores.orders, nothing, desk.log),
      product: productHandlers(stores.products, nothing),
      payment: paymentHandlers(desk),
    },
  )
  return { ...{ stores, sandbox, bus, desk }, ...clocks(stores, desk, bus), ...customers(stores, desk) }
}

/** What goes by itself. */
function clocks(stores: Stores, desk: Desk, bus: ManualBus) {
  let now = Date.now()
  const sweepPayments = async () => {
    now += MINUTE_MS
    return settleDue(desk, now)
  }
  return {
    sweepPayments,
    endHolds: () => sweepEndedHolds(stores.products, Date.now() + MINUTE_MS),
    passAnHour: () => expireOrders(stores.orders, createTrail(desk.log), Date.now() + 61 * MINUTE_MS),
    /** Delivers and sweeps until nothing is left to do. @throws Error when that never ends */
    async quiet(): Promise<void> {
      for (let round = 0; round < 50; round++) {
        await bus.deliverAll()
        const swept = await sweepPayments()
        await bus.relay()
        if (bus.waiting.length === 0 && swept === 0 && (await countUnsettled(desk.store)) === 0) return
      }
      throw new Error('the shop never comes to rest')
    },
  }
}

/** What customers and admins do. */
function customers(stores: Stores, desk: Desk) {
  const shop: Shop = {
    db: stores.orders,
    holdStock: async ({ orderId, attempt }, lines) =>
      (await hold(stores.products, `${orderId}:${attempt}`, lines)).items,
    published: () => undefined,
    limits: orderLimits(readEnvironment(limitEnvironment, {})),
    log: desk.log,
  }
  const placing = createPlacing(shop)
  const asking = () => ({ userId: newId(), key: randomUUID(), requestId: 'saga' })
  return {
    async newProduct(stock: number): Promise<string> {
      const id = newId()
      const texts = { sku: id, name: 'Lamp', description: '', category: 'lamps', image_url: null }
      const numbers = { price_amount: PRICE.amount, price_currency: PRICE.currency, stock, held: 0 }
      await stores.products
        .insertInto('product')
        .values({ id, ...texts, ...numbers })
        .execute()
      await stores.products
        .insertInto('stock_movement')
        .values({ product_id: id, delta: stock, reason: 'received', attempt_key: null })
        .execute()
      return id
    },
    place: (productId: string, token = 'tok_ok', quantity = 1): Promise<(Order & { userId: string }) | undefined> => {
      const caller = asking()
      const wish = { items: [{ productId, quantity }], paymentMethod: { token } }
      return orRefused(placing.placeOrder(caller, wish).then((order) => ({ ...order, userId: caller.userId })))
    },
    payAgain: (order: { id: string; userId: string }, token = 'tok_ok') =>
      orRefused(placing.payAgain({ ...asking(), userId: order.userId }, order.id, { token })),
    cancel: (order: { id: string }) =>
      stores.orders.transaction().execute((tx) => letHappen(tx, order.id, { type: 'cancel' })),
    refund: (paymentId: string, given: { amount?: typeof PRICE; restock?: boolean }) =>
      orRefused(refundByAdmin(desk, asking(), paymentId, { reason: 'goodwill', ...given })),
  }
}

async function orRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

export type World = Awaited<ReturnType<typeof openWorld>>
