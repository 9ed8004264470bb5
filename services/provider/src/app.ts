import { setTimeout as wait } from 'node:timers/promises'
import { charge, providerRoutes, readLedger, refundCharge } from '@portico/contracts'
import {
  attemptOf,
  createApp,
  createAuthentication,
  createMetrics,
  createServiceTokens,
  createTrail,
  implement,
  type Log,
} from '@portico/service-kit'
import type { Context, Hono } from 'hono'
import type { Ledger } from './ledger.ts'
import { behaviourOf } from './test-tokens.ts'

/** Longer than any caller waits. */
const SILENCE_MS = 120_000

export interface ProviderAppOptions {
  readonly ledger: Ledger
  readonly secret: string
  readonly slowMs: number
  readonly log: Log
  /** Ends the silence of those who wait for nothing. */
  readonly stopping?: AbortSignal
}

export function createProviderApp({ ledger, secret, slowMs, log, stopping }: ProviderAppOptions): Hono {
  const authentication = createAuthentication({
    serviceTokens: createServiceTokens('provider', { calledBy: { payment: secret } }),
  })
  const app = createApp({
    service: 'provider',
    version: '1.0.0',
    log,
    metrics: createMetrics('provider'),
    routes: providerRoutes,
    required: { ledger: async () => ledger.ping() },
    accepting: () => !stopping?.aborted,
  })

  const trail = createTrail(log)

  implement(app, authentication, charge, async ({ params, body, requestId, c }) => {
    const { token } = body.paymentMethod
    const behaviour = behaviourOf(token)
    const charge = { key: params.key, token, amount: body.amount, requestId }
    const { outcome, first } = await ledger.charge(charge, behaviour.outcome)
    const effect = first ? 'charged' : 'charged before'
    trail('charge answered', { ...attemptOf(params.key), outcome, effect, requestId })
    if (behaviour.slow && first) await wait(slowMs)
    if (behaviour.silent && first) await silence(AbortSignal.any([c.req.raw.signal, ...(stopping ? [stopping] : [])]))
    return { status: 200, body: { key: params.key, outcome, amount: body.amount } }
  })

  implement(app, authentication, refundCharge, async ({ params, body, requestId }) => {
    const { key, refundId } = params
    const { refunded } = await ledger.refund(key, refundId, body.amount, requestId)
    trail('refund answered', { ...attemptOf(key), refundId, requestId })
    return { status: 200, body: { refundId, amount: body.amount, refunded } }
  })

  implement(app, authentication, readLedger, async ({ c, authorization }) => {
    if (!isFromThisMachine(c)) await authentication.authenticate(charge.access, authorization)
    return { status: 200, body: ledger.captured() }
  })
  return app
}

/** Whether the connection itself comes from loopback; headers say nothing about that. */
function isFromThisMachine(c: Context): boolean {
  const connection = c.env as
    | { readonly incoming?: { readonly socket: { readonly remoteAddress?: string } } }
    | undefined
  const address = connection?.incoming?.socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
  return address === '::1' || address.startsWith('127.')
}

/** Says nothing until the caller has given up, or the provider stops. */
async function silence(signal: AbortSignal): Promise<void> {
  await wait(SILENCE_MS, undefined, { signal, ref: false }).catch(() => undefined)
}
