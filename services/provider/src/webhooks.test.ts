import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { WEBHOOK_SIGNATURE, webhook } from '@portico/contracts'
import { createLog, isSigned, newId } from '@portico/service-kit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Ledger, openLedger } from './ledger.ts'
import { sendDue } from './sending.ts'
import type { WebhookQueue } from './webhook-queue.ts'

const secret = 'a secret of thirty-two characters'
const log = createLog('test', 'silent')
const amount = { amount: 500, currency: 'EUR' }
let folder: string
let ledger: Ledger
let server: Server
let url: string
/** What the receiver answers, and what it got that was rightly signed. */
let status: number
let got: ReturnType<typeof webhook.parse>[]
/** The `X-Request-Id` of each. */
let requestIds: unknown[]

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'portico-provider-'))
  status = 204
  got = []
  requestIds = []
  server = createServer(async (request, response) => {
    const body = new Uint8Array(await buffer(request))
    const check = { secrets: [secret], nowSeconds: Math.floor(Date.now() / 1000), toleranceSeconds: 60 }
    if (isSigned(String(request.headers[WEBHOOK_SIGNATURE]), body, check)) {
      got.push(webhook.parse(JSON.parse(new TextDecoder().decode(body))))
    }
    requestIds.push(request.headers['x-request-id'])
    response.writeHead(status).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})

afterEach(() => {
  ledger.close()
  server.close()
  rmSync(folder, { recursive: true })
})

function open(duplicateEvery = 0): WebhookQueue {
  ledger = openLedger(folder, { delayMs: 0, duplicateEvery })
  return ledger.webhooks as WebhookQueue
}
const newKey = () => `${newId()}:1`
const charge = (key: string, outcome: 'captured' | 'declined' = 'captured') =>
  ledger.charge({ key, token: 'tok_ok', amount }, outcome)
const send = (queue: WebhookQueue) => sendDue(queue, { url, secret }, log)

it('tells of each charge and each refund once, signed, however often they are asked for', async () => {
  const queue = open()
  const [key, declined, refundId] = [newKey(), newKey(), newId()]
  for (let i = 0; i < 2; i++) {
    await charge(key)
    await charge(declined, 'declined')
    await ledger.refund(key, refundId, amount)
  }
  await send(queue)
  await send(queue)
  expect(got.map(({ type, key, refundId }) => [type, key, refundId]).toSorted()).toEqual(
    [
      ['charge.captured', key, undefined],
      ['charge.failed', declined, undefined],
      ['charge.refunded', key, refundId],
    ].toSorted(),
  )
  expect(queue.count()).toBe(0)
})

it('carries the id of the request that caused the charge, and logs what became of it', async () => {
  const queue = open()
  const orderId = newId()
  await ledger.charge({ key: `${orderId}:2`, token: 'tok_ok', amount, requestId: 'r-1' }, 'captured')
  const lines: unknown[] = []
  const log = createLog('provider', 'info', { write: (line) => void lines.push(JSON.parse(line)) })
  status = 500
  await sendDue(queue, { url, secret }, log)
  expect([requestIds, got[0]?.requestId]).toEqual([['r-1'], 'r-1'])
  const step = { msg: 'webhook sent', orderId, attempt: 2, requestId: 'r-1', event: 'charge.captured' }
  expect(lines).toMatchObject([{ ...step, webhookId: got[0]?.id, outcome: 'not taken' }])
})

it('sends every second one twice where it is told to, as one webhook', async () => {
  const queue = open(2)
  for (let i = 0; i < 4; i++) await charge(newKey())
  await send(queue)
  expect(got).toHaveLength(6)
  expect(new Set(got.map(({ id }) => id)).size).toBe(4)
})

it('sends again, later and later, what was not taken, over a restart too', async () => {
  let queue = open()
  await charge(newKey())
  status = 503
  await send(queue)
  await send(queue)
  expect(got).toHaveLength(1)
  ledger.close()
  queue = open()
  expect(queue.due(10)).toEqual([])
  const [waiting] = queue.due(10, Date.now() + 60_000)
  expect(waiting?.tries).toBe(1)
  status = 200
  await expect.poll(() => send(queue), { timeout: 10_000 }).toBe(1)
  expect(new Set(got.map(({ id }) => id)).size).toBe(1)
  expect(queue.count()).toBe(0)
})

it('keeps what it has to tell while nobody answers', async () => {
  const queue = open()
  await charge(newKey())
  server.close()
  server.closeAllConnections()
  await send(queue)
  expect(queue.count()).toBe(1)
})

it('tells nobody where it is not told to', async () => {
  ledger = openLedger(folder)
  await charge(newKey())
  expect(ledger.webhooks).toBeUndefined()
})
