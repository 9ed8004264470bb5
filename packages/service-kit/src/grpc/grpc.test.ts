import { credentials, loadPackageDefinition, status as Status } from '@grpc/grpc-js'
import { defineGrpcService, stockService } from '@portico/contracts'
import { service as healthService } from 'grpc-health-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AppError } from '../app-error.ts'
import { createAuthentication } from '../auth/authentication.ts'
import { createServiceTokens } from '../auth/service-token.ts'
import { CallFailed } from '../http/client.ts'
import { newId } from '../ids.ts'
import { createLog } from '../log.ts'
import { createMetrics, type Metrics } from '../metrics.ts'
import { createGrpcClient, type GrpcClient } from './client.ts'
import { createGrpcServer, type GrpcHandlers, type GrpcServer } from './server.ts'

const secret = 'a secret of thirty-two characters'
const others = 'another secret of 32 characters!'
const product = createServiceTokens('product', { calledBy: { order: secret, payment: others } })
const order = createServiceTokens('order', { calls: { product: secret } })
const payment = createServiceTokens('payment', { calls: { product: others } })
const log = createLog('test', 'silent')
const attempt = { orderId: newId(), number: 1 }
const items = [{ productId: newId(), quantity: 2 }]
const held = {
  items: [
    {
      ...items[0],
      productId: newId(),
      name: 'Lamp',
      quantity: 2,
      unitPrice: { amount: 12_345_678_901, currency: 'EUR' },
    },
  ],
  expiresAt: '2030-01-01T00:00:00.000Z',
}

let server: GrpcServer
let client: GrpcClient<typeof stockService>
let metrics: Metrics
let port: number
let ready: boolean
let seen: unknown[]
let handle: GrpcHandlers<typeof stockService>['hold']

async function start(at = 0): Promise<void> {
  metrics = createMetrics('product')
  server = createGrpcServer({
    services: [stockService],
    authentication: createAuthentication({ serviceTokens: product }),
    ready: async () => ready,
    log,
    metrics,
  })
  const nothing = async () => ({})
  server.implement(stockService, {
    price: async () => ({ items: [] }),
    hold: (request, call) => handle(request, call),
    holdAll: async () => ({ answers: [] }),
    confirm: nothing,
    release: nothing,
  })
  port = await server.listen('127.0.0.1', at)
}

beforeEach(async () => {
  ready = true
  seen = []
  handle = async (request, { principal, requestId }) => {
    seen.push({ request, principal, requestId })
    return held
  }
  await start()
  client = createGrpcClient(stockService, `grpc://127.0.0.1:${port}`)
})

afterEach(async () => {
  client.close()
  await server.close()
})

const hold = async (
  request: { attempt: typeof attempt; items: typeof items; requestId?: string } = { attempt, items, requestId: 'r-2' },
  timeoutMs = 5000,
) =>
  client.call('hold', request, { authorization: await order.authorizationFor('product'), requestId: 'r-1', timeoutMs })

it('carries a request and its answer as the contract says, and who asks', async () => {
  expect(await hold()).toEqual(held)
  const principal = { kind: 'service', service: 'order' }
  expect(seen).toEqual([{ request: { attempt, items, requestId: 'r-2' }, principal, requestId: 'r-1' }])
})

it('refuses whoever shows no service token, before looking at what was sent', async () => {
  const asked = client.call('hold', { attempt, items: [] }, { timeoutMs: 5000 })
  await expect(asked).rejects.toMatchObject({ name: 'AppError', code: 'unauthenticated' })
})

it('refuses a service that the contract does not name', async () => {
  const authorization = await payment.authorizationFor('product')
  const asked = client.call('hold', { attempt, items }, { authorization, timeoutMs: 5000 })
  await expect(asked).rejects.toMatchObject({ name: 'AppError', code: 'forbidden' })
})

it('names every wrong field', async () => {
  const asked = hold({ attempt: { orderId: 'x', number: 0 }, items: [] })
  await expect(asked).rejects.toMatchObject({
    code: 'invalid_request',
    fields: [{ field: 'attempt.orderId' }, { field: 'attempt.number' }, { field: 'items' }],
  })
})

it('brings a refusal over with its code and its fields', async () => {
  const fields = [{ field: 'items.0.quantity', message: 'only 1 available – sorry' }]
  handle = async () => {
    throw new AppError('out_of_stock', undefined, { fields })
  }
  await expect(hold()).rejects.toMatchObject({ name: 'AppError', code: 'out_of_stock', fields })
})

it('tells nothing internal of an unexpected error, and that nobody knows what happened', async () => {
  handle = async () => {
    throw new Error('password is swordfish')
  }
  const failure = await hold().catch((error) => error)
  expect(failure).toBeInstanceOf(CallFailed)
  expect(String(failure.cause.details)).not.toContain('swordfish')
})

it('gives up at the deadline, which the server is told', async () => {
  const gone = Promise.withResolvers<void>()
  handle = (_, { signal }) =>
    new Promise(() => {
      signal.addEventListener('abort', () => gone.resolve())
    })
  await expect(hold(undefined, 100)).rejects.toThrow('DEADLINE_EXCEEDED')
  await gone.promise
})

it('finds a server again that was restarted', async () => {
  await hold()
  await server.close()
  await expect(hold(undefined, 300)).rejects.toBeInstanceOf(CallFailed)
  await start(port)
  await expect
    .poll(
      () =>
        hold().then(
          () => 'answered',
          () => 'not yet',
        ),
      { timeout: 10_000 },
    )
    .toBe('answered')
})

it('answers what is under way before it closes', async () => {
  const entered = Promise.withResolvers<void>()
  const leave = Promise.withResolvers<void>()
  handle = async () => {
    entered.resolve()
    await leave.promise
    return held
  }
  const asked = hold()
  await entered.promise
  const closed = server.close()
  leave.resolve()
  expect(await asked).toEqual(held)
  await closed
})

it('says whether it is healthy, as grpc.health.v1', async () => {
  const Health = loadPackageDefinition({ Health: healthService }).Health as unknown as new (
    ...args: unknown[]
  ) => Record<'check', (request: object, answered: (error: unknown, answer: { status: string }) => void) => void>
  const health = new Health(`127.0.0.1:${port}`, credentials.createInsecure())
  const check = (service: string) =>
    new Promise((resolve) => health.check({ service }, (_, answer) => resolve(answer?.status)))
  await expect.poll(() => check(stockService.name), { timeout: 5000 }).toBe('SERVING')
  expect(await check('unknown')).toBeUndefined()
  ready = false
  await expect.poll(() => check(''), { timeout: 5000 }).toBe('NOT_SERVING')
  ;(health as unknown as { close(): void }).close()
})

it('measures its calls by method and status', async () => {
  await hold()
  await client.call('hold', { attempt, items }, { timeoutMs: 5000 }).catch(() => undefined)
  const text = await metrics.text()
  for (const code of [Status.OK, Status.UNAUTHENTICATED]) {
    const labels = `service="product",method="${stockService.name}/hold",code="${code}"`
    expect(text).toContain(`grpc_call_duration_seconds_count{${labels}} 1`)
  }
})

it('refuses a service that its file does not define', () => {
  const unknown = defineGrpcService({ ...stockService, name: 'portico.stock.v1.Nothing' })
  expect(() => createGrpcClient(unknown, 'grpc://127.0.0.1:1')).toThrow('is not a service of its file')
})
