import { money, type Order, type OrderedLine, type PaymentMethod, sumOf, times } from '@portico/contracts'
import { AppError, derivedId } from '@portico/service-kit'
import { append } from '@portico/service-kit/mysql'
import { decide, type PlacedOrder, placed, toOrder } from './orders.ts'
import type { HoldStock } from './stock.ts'
import type { Db } from './store/database.ts'
import { once } from './store/idempotency.ts'
import { apply, findOrder, insertOrder } from './store/orders.ts'

export interface Shop {
  readonly db: Db
  /** Connections for requests that wait for product-service: apart, so that those can't take them from all others. */
  readonly waiting: Db
  readonly holdStock: HoldStock
  /** Called after events went into the outbox. */
  readonly published: () => void
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

/**
 * Places an order: prices and holds the stock, then writes the order, its lines, the answer under its key and the event
 * in one transaction. A hold is never released after a failed or unclear commit: it ends by itself.
 */
export async function placeOrder({ waiting, holdStock, published }: Shop, caller: Caller, wish: Wish): Promise<Order> {
  const { userId, key, requestId } = caller
  const answer = await once<{ status: 201; body: Order }>(
    waiting,
    { operation: 'place', caller: userId, key, body: wish },
    async (connection, remember) => {
      const id = derivedId('order', userId, key)
      const lines = await holdStock({ orderId: id, attempt: 1 }, wish.items, requestId)
      const now = new Date()
      const order: PlacedOrder = {
        id,
        customerId: userId,
        status: 'pending',
        attempt: 1,
        lines,
        total: totalOf(lines),
        refundedAmount: 0,
        paymentId: null,
        returning: false,
        createdAt: now,
        changedAt: now,
      }
      const reply = { status: 201 as const, body: toOrder(order) }
      await connection.transaction().execute(async (tx) => {
        await insertOrder(tx, order, requestId)
        await append(tx, placed(order, wish.paymentMethod.token, requestId))
        await remember(tx, reply)
      })
      published()
      return reply
    },
  )
  return answer.body
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

/** Pays again after a failed payment: the next attempt, on a new hold, with the prices of the order as it was placed. */
export async function payAgain(shop: Shop, caller: Caller, orderId: string, { token }: PaymentMethod): Promise<Order> {
  const { waiting, holdStock, published } = shop
  const { userId, key, requestId } = caller
  const request = { operation: 'pay', caller: userId, key, body: { orderId, token } }
  const answer = await once<{ status: 202; body: Order }>(waiting, request, async (connection, remember) => {
    const order = await findOrder(connection, orderId)
    if (order?.customerId !== userId) throw new AppError('not_found')
    const decision = decide(order, { type: 'pay_again', token })
    if (!decision) throw new AppError('wrong_state', `The order is ${order.status}.`)
    const lines = order.lines.map(({ productId, quantity }) => ({ productId, quantity }))
    await holdAgain(holdStock, { orderId, attempt: order.attempt + 1 }, lines, requestId)
    const reply = { status: 202 as const, body: toOrder({ ...order, ...decision.change }) }
    await connection.transaction().execute(async (tx) => {
      if (!(await apply(tx, order, decision, { now: new Date(), requestId })))
        throw new AppError('wrong_state', 'The order has just changed.')
      await remember(tx, reply)
    })
    published()
    return reply
  })
  return answer.body
}

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
