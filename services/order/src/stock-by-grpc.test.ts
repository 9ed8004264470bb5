import { type HeldLine, stockService } from '@portico/contracts'
import {
  AppError,
  createAuthentication,
  createLog,
  createMetrics,
  createServiceTokens,
  newId,
} from '@portico/service-kit'
import { createGrpcServer, type GrpcHandlers, type GrpcServer } from '@portico/service-kit/grpc'
import { afterEach, expect, it } from 'vitest'
import { holdByGrpc } from './stock-by-grpc.ts'

const secret = 'a secret of thirty-two characters'
const productId = newId()
let server: GrpcServer | undefined
afterEach(() => server?.close())

/** Whose holds are counted, and whose quantity is what they cost; of more than 9 there is too little. */
function createStock() {
  const calls = { hold: 0, holdAll: 0 }
  const held = (quantity: number) => ({
    items: [{ productId, quantity, name: 'Lamp', unitPrice: { amount: quantity, currency: 'EUR' } }] as HeldLine[],
    expiresAt: '2030-01-01T00:00:00.000Z',
  })
  const shortage = [{ field: 'items.0.quantity', message: 'only 9 available' }]
  const handlers: GrpcHandlers<typeof stockService> = {
    price: async () => ({ items: [] }),
    hold: async ({ items: [line] }) => {
      calls.hold += 1
      return held(line?.quantity ?? 0)
    },
    holdAll: async ({ holds }) => {
      calls.holdAll += 1
      const answers = holds.map(({ items: [{ quantity } = { quantity: 0 }] }) => {
        if (quantity === 13) return { refusal: { code: 'internal', detail: 'Something went wrong', errors: [] } }
        if (quantity <= 9) return { held: held(quantity) }
        return { refusal: { code: 'out_of_stock', detail: 'Too little', errors: shortage } }
      })
      return { answers }
    },
    confirm: async () => ({}),
    release: async () => ({}),
  }
  return { calls, handlers }
}

async function serve(handlers: GrpcHandlers<typeof stockService>, service = stockService): Promise<string> {
  server = createGrpcServer({
    services: [stockService],
    authentication: createAuthentication({
      serviceTokens: createServiceTokens('product', { calledBy: { order: secret } }),
    }),
    ready: async () => true,
    log: createLog('test', 'silent'),
    metrics: createMetrics('product'),
  })
  server.implement(service, handlers)
  return `grpc://127.0.0.1:${await server.listen('127.0.0.1', 0)}`
}

async function holding(url: string) {
  const hold = holdByGrpc(url)
  const authorization = await createServiceTokens('order', { calls: { product: secret } }).authorizationFor('product')
  return (quantity: number) =>
    hold({ orderId: newId(), attempt: 1 }, [{ productId, quantity }], {
      ...{ authorization, requestId: newId(), timeoutMs: 5000 },
    })
}

it('asks for holds that are wanted at the same time in one call, and gives each its own', async () => {
  const { calls, handlers } = createStock()
  const hold = await holding(await serve(handlers))
  const lines = await Promise.all([1, 2, 3, 4].map(hold))
  expect(lines.map(([line]) => line?.quantity)).toEqual([1, 2, 3, 4])
  expect(calls).toEqual({ hold: 0, holdAll: 1 })
})

it('asks for one alone as ever', async () => {
  const { calls, handlers } = createStock()
  const hold = await holding(await serve(handlers))
  expect(await hold(5)).toMatchObject([{ quantity: 5 }])
  expect(calls).toEqual({ hold: 1, holdAll: 0 })
})

it('lets one refusal be that of one hold, as if it had been asked for alone', async () => {
  const hold = await holding(await serve(createStock().handlers))
  const [one, other, unlucky] = await Promise.allSettled([hold(1), hold(10), hold(13)])
  expect(one).toMatchObject({ status: 'fulfilled' })
  const fields = [{ field: 'items.0.quantity', message: 'only 9 available' }]
  expect(other).toMatchObject({ reason: { name: 'AppError', code: 'out_of_stock', message: 'Too little', fields } })
  expect(unlucky).toMatchObject({ reason: { name: 'CallFailed' } })
})

it('fails for each where the call fails', async () => {
  const { handlers } = createStock()
  const failing = async () => {
    throw new Error('broken')
  }
  const hold = await holding(await serve({ ...handlers, holdAll: failing }))
  const outcomes = await Promise.allSettled([hold(1), hold(2)])
  expect(outcomes).toMatchObject([{ reason: { name: 'CallFailed' } }, { reason: { name: 'CallFailed' } }])
})

it('asks one by one for what was refused as a whole, so that one bad hold spoils nothing for the others', async () => {
  const { calls, handlers } = createStock()
  const refusing = async () => {
    throw new AppError('invalid_request')
  }
  const one: typeof handlers.hold = (request, call) => {
    if (request.items[0]?.quantity === 2) throw new AppError('invalid_request')
    return handlers.hold(request, call)
  }
  const hold = await holding(await serve({ ...handlers, hold: one, holdAll: refusing }))
  expect(await Promise.allSettled([hold(1), hold(2), hold(3)])).toMatchObject([
    { value: [{ quantity: 1 }] },
    { reason: { name: 'AppError', code: 'invalid_request' } },
    { value: [{ quantity: 3 }] },
  ])
  expect(calls.hold).toBe(2)
})

it('asks one by one of a product-service that knows no other way', async () => {
  const { calls, handlers } = createStock()
  const { holdAll: _, ...methods } = stockService.methods
  const older = { ...stockService, methods } as typeof stockService
  const hold = await holding(await serve(handlers, older))
  for (let round = 0; round < 2; round++) {
    const lines = await Promise.all([1, 2, 3].map(hold))
    expect(lines.map(([line]) => line?.quantity)).toEqual([1, 2, 3])
  }
  expect(calls).toEqual({ hold: 6, holdAll: 0 })
})
