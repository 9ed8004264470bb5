import { money, type Order, type OrderedLine, type PaymentMethod, sumOf, times } from '@portico/contracts'
import { AppError, createTrail, derivedId, grouped, type Log, type OrderStep } from '@portico/service-kit'
import { append } from '@portico/service-kit/mysql'
import { createAdmission } from './admission.ts'
import type { OrderLimits, Standing } from './limits.ts'
import { decide, type PlacedOrder, placed, toOrder, unitsOf } from './orders.ts'
import type { HoldStock } from './stock.ts'
import type { Db } from './store/database.ts'
import { type KeptAnswer, keepAll, keepAnswers } from './store/idempotency.ts'
import { findOrder, insertOrders } from './store/orders.ts'
import { refuseExcessIn } from './store/standings.ts'
import { apply } from './store/steps.ts'

export interface Shop {
  readonly db: Db
  readonly holdStock: HoldStock
  /** Called after events went into the outbox. */
  readonly published: () => void
  readonly limits: OrderLimits
  readonly log: Log
}

export interface Caller {
  readonly userId: string
  readonly key: string
  readonly requestId: string
}

export interface Wish {
  readonly items: readonly OrderedLine[]
  readonly paymentMethod: PaymentMethod
}

export interface Placing {
  placeOrder(caller: Caller, wish: Wish): Promise<Order>
  payAgain(caller: Caller, orderId: string, paymentMethod: PaymentMethod): Promise<Order>
}

interface Placed {
  readonly status: 201
  readonly body: Order
}

interface Retried {
  readonly status: 202
  readonly body: Order
}

/** An order that is priced and held, and what is written with it. */
interface Placement {
  readonly order: PlacedOrder
  readonly token: string
  readonly requestId: string
  readonly answer: KeptAnswer
}

export function createPlacing(shop: Shop): Placing {
  const { db, holdStock, published, limits } = shop
  const trail = createTrail(shop.log)
  const refused = (step: OrderStep) => (error: unknown) => {
    trail('order refused', { ...step, code: error instanceof AppError ? error.code : 'internal' })
    throw error
  }
  const answers = keepAnswers(db)
  const admission = createAdmission(db, limits)
  const write = grouped((placements: readonly Placement[]) => writePlacements(db, limits, placements))
  return {
    /**
     * Places an order: prices and holds the stock, then writes the order, its lines, the answer under its key and the
     * event in one transaction, with others that come at the same time. A hold is never released after a failed or
     * unclear commit: it ends by itself. Limits of the customer are checked before the hold, and in the transaction.
     */
    async placeOrder({ userId, key, requestId }, { items, paymentMethod }) {
      const request = { operation: 'place', caller: userId, key, body: { items, paymentMethod } }
      const id = derivedId('order', userId, key)
      const step = { orderId: id, attempt: 1, requestId }
      let outcome = 'duplicate'
      const place = async (keep: (answer: Placed) => KeptAnswer) => {
        const lines = await holdStock({ orderId: id, attempt: 1 }, items, requestId)
        const order = newOrder(id, userId, lines)
        const reply: Placed = { status: 201, body: toOrder(order) }
        await write({ order, token: paymentMethod.token, requestId, answer: keep(reply) })
        published()
        outcome = 'applied'
        return reply
      }
      const { body } = await answers
        .once<Placed>(
          request,
          (keep) => admission.within(userId, attemptOn(items, { openOrders: 1 }), () => place(keep)),
          () => placedBefore(db, id, items),
        )
        .catch(refused(step))
      trail('order placed', { ...step, outcome, status: body.status })
      return body
    },

    /** Pays again after a failed payment: the next attempt, on a new hold, with the prices of the order as it was placed. */
    async payAgain({ userId, key, requestId }, orderId, { token }) {
      const request = { operation: 'pay', caller: userId, key, body: { orderId, token } }
      let begun: number | undefined
      const retry = async (keep: (answer: Retried) => KeptAnswer) => {
        const order = await findOrder(db, orderId)
        if (order?.customerId !== userId) throw new AppError('not_found')
        const decision = decide(order, { type: 'pay_again', token })
        if (!decision) throw new AppError('wrong_state', `The order is ${order.status}.`)
        if (order.attempt >= limits.attemptsPerOrder) throw new AppError('no_payment_attempts_left')
        const lines = order.lines.map(({ productId, quantity }) => ({ productId, quantity }))
        const reply: Retried = { status: 202, body: toOrder({ ...order, ...decision.change }) }
        await admission.within(userId, attemptOn(lines, { openOrders: 0 }), async () => {
          await holdAgain(holdStock, { orderId, attempt: order.attempt + 1 }, lines, requestId)
          await db.transaction().execute(async (tx) => {
            if (!(await apply(tx, order, decision, { now: new Date(), requestId })))
              throw new AppError('wrong_state', 'The order has just changed.')
            await refuseExcessIn(tx, [userId], limits)
            await keepAll(tx, [keep(reply)])
          })
        })
        published()
        begun = order.attempt + 1
        return reply
      }
      const { body } = await answers.once<Retried>(request, retry).catch(refused({ orderId, requestId }))
      const outcome = begun === undefined ? 'duplicate' : 'applied'
      trail('payment tried again', { orderId, attempt: begun, requestId, outcome, status: body.status })
      return body
    },
  }
}

function newOrder(id: string, customerId: string, lines: PlacedOrder['lines']): PlacedOrder {
  const now = new Date()
  return {
    ...{ id, customerId, lines, status: 'pending', attempt: 1, total: totalOf(lines), refundedAmount: 0 },
    ...{ paymentId: null, returning: false, createdAt: now, changedAt: now },
  }
}

/** What an attempt to buy lines adds to what its customer has under way. */
const attemptOn = (lines: readonly OrderedLine[], { openOrders }: Pick<Standing, 'openOrders'>): Standing => ({
  openOrders,
  heldUnits: unitsOf(lines),
  unpaidAttempts: 1,
})

/**
 * The order that was placed under a key whose answer has been dropped since.
 * @throws AppError idempotency_key_reused where it has other lines
 */
async function placedBefore(db: Db, id: string, items: readonly OrderedLine[]): Promise<Placed | undefined> {
  const order = await findOrder(db, id)
  if (!order) return undefined
  const textOf = (lines: readonly OrderedLine[]) => JSON.stringify(lines.map((line) => [line.productId, line.quantity]))
  if (textOf(order.lines) !== textOf(items)) throw new AppError('idempotency_key_reused')
  return { status: 201, body: toOrder(order) }
}

async function writePlacements(db: Db, limits: OrderLimits, placements: readonly Placement[]): Promise<undefined[]> {
  await db.transaction().execute(async (tx) => {
    await insertOrders(tx, placements)
    await refuseExcessIn(
      tx,
      placements.map(({ order }) => order.customerId),
      limits,
    )
    await append(tx, ...placements.map(({ order, token, requestId }) => placed(order, token, requestId)))
    await keepAll(
      tx,
      placements.map(({ answer }) => answer),
    )
  })
  return placements.map(() => undefined)
}

function totalOf(lines: PlacedOrder['lines']) {
  const [first, ...rest] = lines.map((line) => times(line.unitPrice, line.quantity))
  if (!first) throw new AppError('unavailable', 'product-service answered no lines.')
  if (rest.some(({ currency }) => currency !== first.currency)) throw wrongItems('must be priced in one currency')
  const total = money.safeParse(sumOf([first, ...rest]))
  if (!total.success) throw wrongItems('come to more than an order may')
  return total.data
}

const wrongItems = (message: string) =>
  new AppError('invalid_request', undefined, { fields: [{ field: 'items', message }] })

/** A product that has been taken out of the catalogue since can't be had any more: the caller sent nothing wrong. */
async function holdAgain(...[hold, ...args]: [HoldStock, ...Parameters<HoldStock>]): Promise<void> {
  try {
    await hold(...args)
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_request')
      throw new AppError('out_of_stock', undefined, { cause: error })
    throw error
  }
}
