import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { Event, EventOf, Payment, Refund, Role } from '@portico/contracts'
import { createAuthentication, createLog, createMetrics, newEvent, newId } from '@portico/service-kit'
import type { Hono } from 'hono'
import { createPaymentApp } from '../app.ts'
import { ChargeQueue } from '../charge-queue.ts'
import { createHandlers } from '../events.ts'
import { connectSandbox } from '../sandbox-provider.ts'
import { type Desk, SETTLE_AFTER_MS, settleDue } from '../settling.ts'
import { openStore } from '../store/connection.ts'
import { accessToken, accessTokenOf } from './access-tokens.ts'
import { BadLine } from './bad-line.ts'
import { startProvider } from './provider-process.ts'
import { makeUser } from './redis-user.ts'

export type Body = Payment &
  Refund & {
    readonly type: string
    readonly items: Payment[]
    readonly nextCursor: string | null
    readonly errors: readonly { readonly field: string }[]
  }

export interface Ask {
  readonly body?: unknown
  readonly as?: { readonly userId: string; readonly role: Role }
  readonly key?: string
}

export const eur = (amount: number) => ({ amount, currency: 'EUR' })
export const customer = { userId: newId(), role: 'customer' } as const
export const admin = { userId: newId(), role: 'admin' } as const

/** order-service's word that a customer wants something. */
export function placed(token = 'tok_ok', amount = 1000, attempt = 1, orderId = newId()): EventOf<'order_placed'> {
  return newEvent('order', 'order_placed', {
    orderId,
    attempt,
    customerId: customer.userId,
    items: [{ productId: newId(), quantity: 1, unitPrice: eur(amount) }],
    total: eur(amount),
    paymentMethod: { token },
  })
}

/** Takes the provider's webhooks over real HTTP, once there is an app to give them to. */
async function startWebhookServer(app: () => Hono) {
  const server = createServer(async (request, response) => {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string])
    const init = { method: request.method ?? '', headers, body: new Uint8Array(await buffer(request)) }
    response.writeHead((await app().request(request.url ?? '', init)).status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/payments/webhooks/sandbox`, server }
}

export const webhookSecret = 'a secret of the webhooks, 32 long'

/**
 * payment-service on a Redis of its own kind of keys, with the real provider behind a line that can break.
 * @param sendsWebhooks the provider sends each at once, and twice
 */
export async function openSetting({ sendsWebhooks = false } = {}) {
  const secret = 'a secret of thirty-two characters'
  const { url, server } = await startWebhookServer(() => app)
  const provider = await startProvider(
    secret,
    sendsWebhooks
      ? {
          PROVIDER_WEBHOOK_URL: url,
          PROVIDER_WEBHOOK_SECRET: webhookSecret,
          PROVIDER_WEBHOOK_DELAY_MS: '50',
          PROVIDER_WEBHOOK_DUPLICATES: '1',
        }
      : {},
  )
  const prefix = `test-${randomUUID()}:`
  const user = await makeUser(prefix)
  const store = openStore(user.url, prefix)
  const line = new BadLine(connectSandbox({ url: provider.url, secret, timeoutMs: 2000 }))
  const lines: Record<string, unknown>[] = []
  const keep = (fields: Record<string, unknown>) => lines.push(fields)
  const log = Object.assign(createLog('test', 'silent'), { info: keep, warn: keep })
  const charges = new ChargeQueue(log)
  const desk: Desk = { ...{ store, provider: line, charges, log }, published: () => undefined }
  const authentication = createAuthentication({ accessToken })
  const metrics = createMetrics('payment')
  const app = createPaymentApp({ ...desk, authentication, metrics, webhookSecrets: [webhookSecret] })
  const handlers = createHandlers(desk)

  async function call(method: string, path: string, { body, as = customer, key }: Ask = {}) {
    const headers = {
      authorization: `Bearer ${accessTokenOf(as.userId, as.role)}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
    }
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }
    const response = await app.request(path, init)
    return { status: response.status, body: (await response.json()) as Body }
  }

  const paymentsOf = async (orderId: string) => (await call('GET', `/v1/payments?orderId=${orderId}`)).body.items

  return {
    /** Redis without the limits of payment-service's own user, for what only a test looks at. */
    administrator: user.administrator,
    ...{ provider, store, line, desk, app, handlers, call, paymentsOf },
    /** The fields of what was logged, without the access log. */
    lines,

    /** Pays an order, and gives its payment. */
    async pay(event = placed()): Promise<Payment> {
      await handlers.order_placed(event)
      const [payment] = await paymentsOf(event.subject)
      if (!payment) throw new Error('there is no payment')
      return payment
    },

    refund: (paymentId: string, body: unknown, key: string = randomUUID(), as: Ask['as'] = admin) =>
      call('POST', `/v1/payments/${paymentId}/refunds`, { as, key, body }),

    /** The sweep, when so many of its first waits are over. */
    sweep: (waits = 1.1) => settleDue(desk, Date.now() + waits * SETTLE_AFTER_MS),

    /** What the outbox says of an order. */
    async said(orderId: string): Promise<Event[]> {
      const entries = await store.redis.xrange(store.keys.outbox, '-', '+')
      const events = entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as Event)
      return events.filter((event) => event.subject === orderId)
    },

    async close(): Promise<void> {
      await charges.close()
      store.redis.disconnect()
      await user.remove()
      await provider.stop()
      server.close()
    },
  }
}

export type Setting = Awaited<ReturnType<typeof openSetting>>
