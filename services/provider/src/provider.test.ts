import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createListener, createLog, createServiceTokens, newId } from '@portico/service-kit'
import { sendHostileRequests } from '@portico/service-kit/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createProviderApp } from './app.ts'
import { type Ledger, openLedger } from './ledger.ts'

const secret = 'a secret of thirty-two characters'
const eur = (amount: number) => ({ amount, currency: 'EUR' })
let folder: string
let ledger: Ledger

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-provider-'))
  ledger = openLedger(folder)
})

afterEach(() => {
  ledger.close()
  rmSync(folder, { recursive: true })
})

const app = (stopping?: AbortSignal) =>
  createProviderApp({ ledger, secret, slowMs: 20, log: createLog('test', 'silent'), ...(stopping && { stopping }) })

async function put(path: string, body: unknown, signal?: AbortSignal, provider = app()) {
  const authorization = await createServiceTokens('payment', { calls: { provider: secret } }).authorizationFor(
    'provider',
  )
  const headers = { authorization, 'content-type': 'application/json' }
  const response = await provider.request(path, {
    method: 'PUT',
    headers,
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
  return { status: response.status, body: await response.json() }
}

const newKey = () => `${newId()}:1`
const charge = (key: string, token: string, amount = 500, signal?: AbortSignal) =>
  put(`/charges/${key}`, { amount: eur(amount), paymentMethod: { token } }, signal)

it.each([
  ['tok_ok', 'captured'],
  ['tok_slow', 'captured'],
  ['tok_declined', 'declined'],
  ['tok_insufficient_funds', 'insufficient_funds'],
  ['tok_nobody_knows', 'declined'],
])('answers %s with %s, and the same again', async (token, outcome) => {
  const key = newKey()
  for (let i = 0; i < 2; i++)
    expect(await charge(key, token)).toEqual({ status: 200, body: { key, outcome, amount: eur(500) } })
  expect(ledger.captured()).toEqual(outcome === 'captured' ? [{ key, amount: eur(500), refunded: eur(0) }] : [])
})

it('charges without a word the first time, and tells of it when asked again', async () => {
  const key = newKey()
  const caller = new AbortController()
  const first = charge(key, 'tok_timeout_after_charge', 500, caller.signal)
  await expect.poll(() => ledger.captured()).toHaveLength(1)
  caller.abort()
  await first
  expect((await charge(key, 'tok_timeout_after_charge')).body).toMatchObject({ outcome: 'captured' })
  expect(ledger.captured()).toHaveLength(1)
})

it('ends its silence when it stops', async () => {
  const stop = new AbortController()
  const body = { amount: eur(500), paymentMethod: { token: 'tok_timeout_after_charge' } }
  const answer = put(`/charges/${newKey()}`, body, undefined, app(stop.signal))
  await expect.poll(() => ledger.captured()).toHaveLength(1)
  stop.abort()
  expect((await answer).body).toMatchObject({ outcome: 'captured' })
})

it.each(['tok_ok', 'tok_declined'])('refuses other terms under the same key of %s', async (token) => {
  const key = newKey()
  await charge(key, token)
  expect((await charge(key, token, 501)).status).toBe(422)
  expect((await charge(key, 'tok_slow')).status).toBe(422)
})

it('refunds nothing of what was not captured', async () => {
  const key = newKey()
  await charge(key, 'tok_declined')
  expect((await put(`/charges/${key}/refunds/${newId()}`, { amount: eur(1) })).status).toBe(404)
})

it('tells its ledger in exactly its form', async () => {
  const key = newKey()
  await charge(key, 'tok_ok')
  await charge(newKey(), 'tok_declined')
  const authorization = await createServiceTokens('payment', { calls: { provider: secret } }).authorizationFor(
    'provider',
  )
  const response = await app().request('/ledger', { headers: { authorization } })
  expect([response.status, await response.json()]).toEqual([200, [{ key, amount: eur(500), refunded: eur(0) }]])
})

it('refunds each id once and never more than was charged', async () => {
  const [key, id] = [newKey(), newId()]
  await charge(key, 'tok_ok')
  const refund = (refundId: string, amount: number) =>
    put(`/charges/${key}/refunds/${refundId}`, { amount: eur(amount) })
  for (let i = 0; i < 2; i++) expect((await refund(id, 300)).body).toMatchObject({ refunded: eur(300) })
  expect((await refund(newId(), 201)).status).toBe(409)
  expect((await refund(id, 200)).status).toBe(422)
  expect((await refund(newId(), 200)).body).toMatchObject({ refunded: eur(500) })
})

it('charges and refunds many at once, each once, and refuses only those that are wrong', async () => {
  const [known, id] = [newKey(), newId()]
  await charge(known, 'tok_ok')
  const keys = Array.from({ length: 100 }, newKey)
  const refund = (amount: number, refundId = newId()) =>
    put(`/charges/${known}/refunds/${refundId}`, { amount: eur(amount) })
  const [charges, twice, reused, refunds] = await Promise.all([
    Promise.all(keys.map((key) => charge(key, 'tok_ok'))),
    Promise.all(keys.map((key) => charge(key, 'tok_ok'))),
    charge(known, 'tok_ok', 501),
    Promise.all([refund(200, id), refund(501), refund(200, id), refund(300)]),
  ])
  const answers = keys.map((key) => ({ status: 200, body: { key, outcome: 'captured', amount: eur(500) } }))
  expect([charges, twice, reused.status]).toEqual([answers, answers, 422])
  expect(refunds.map(({ status }) => status)).toEqual([200, 409, 200, 200])
  const books = ledger.captured()
  expect(books).toHaveLength(101)
  expect(books[0]).toEqual({ key: known, amount: eur(500), refunded: eur(500) })
})

it('keeps its ledger over a restart', async () => {
  const key = newKey()
  await charge(key, 'tok_ok')
  ledger.close()
  ledger = openLedger(folder)
  expect(ledger.captured()).toEqual([{ key, amount: eur(500), refunded: eur(0) }])
})

it.each(['PUT /charges/:key', 'PUT /charges/:key/refunds/:id', 'GET /ledger'])(
  'answers %s only to callers that know the provider secret',
  async (route) => {
    await charge(newKey(), 'tok_ok')
    const [method = '', path = ''] = route.replace(':key', newKey()).replace(':id', newId()).split(' ')
    const forged = await createServiceTokens('payment', {
      calls: { provider: 'another secret of thirty-two chars' },
    }).authorizationFor('provider')
    for (const headers of [{}, { authorization: `Bearer ${secret}` }, { authorization: forged }]) {
      const response = await app().request(path, { method, headers, ...(method === 'PUT' && { body: '{}' }) })
      expect([response.status, await response.text()]).toEqual([401, expect.not.stringContaining('amount')])
    }
  },
)

it.each([
  ['127.0.0.1', 200],
  ['::ffff:127.0.0.1', 200],
  ['::1', 200],
  ['10.0.0.7', 401],
] as const)('answers GET /ledger without a token to %s with %i', async (remoteAddress, status) => {
  const headers = { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' }
  const response = await app().request('/ledger', { headers }, { incoming: { socket: { remoteAddress } } })
  expect(response.status).toBe(status)
})

it('survives hostile requests', async () => {
  const server = createListener(app(), { hostname: '127.0.0.1' }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await sendHostileRequests(port, ['/charges/x', '/charges/x/refunds/y', '/ledger'])
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
  server.closeAllConnections()
  server.close()
})
