import { afterAll, describe, expect, it } from 'vitest'
import { createPasswords } from './passwords.ts'
import { takeAttempt } from './store/throttles.ts'
import { newEmail, openUserService, password } from './testing/service.ts'
import { guessesFromNetwork, guessesFromUnknownNetworks } from './throttles.ts'

const service = await openUserService()
const { call, customer, logIn, db } = service

afterAll(() => service.close())

const [attacker, home, hotel] = ['203.0.113.66', '198.51.100.1', '192.0.2.1']
const guess = async (email: string, from?: string) => (await logIn(email, 'wrong password', from)).status
const statusesOf = (answers: readonly number[]) => ({
  compared: answers.filter((status) => status === 401).length,
  refused: answers.filter((status) => status === 429).length,
})

/**
 * Expects the free guesses to be compared and the others to be refused; on a busy machine one more is compared after each
 * wait that passes meanwhile (1 s, then 2 s, …).
 */
function expectCompared(answers: readonly number[], free: number, startedAt: number): void {
  const waits = Math.floor(Math.log2((performance.now() - startedAt) / 1000 + 1))
  const { compared, refused } = statusesOf(answers)
  expect(compared).toBeGreaterThanOrEqual(free)
  expect(compared).toBeLessThanOrEqual(free + waits)
  expect(compared + refused).toBe(answers.length)
}

/** Uses up all free guesses at an account from networks that it does not know, without hashing. */
async function exhaustUnknownNetworks(email: string, left = 0) {
  for (let guesses = 100; guesses > left; guesses--) {
    expect(await takeAttempt(db, [guessesFromUnknownNetworks(email)])).toBe(0)
  }
}

describe('guesses at one account', () => {
  it('are counted before they are compared: of twenty at once from one address ten are', async () => {
    const { email } = await customer()
    const startedAt = performance.now()
    const answers = await Promise.all(Array.from({ length: 20 }, () => guess(email, attacker)))
    expectCompared(answers, 10, startedAt)
  })

  it('are counted before they are compared when they come from many addresses at once, too', async () => {
    const { email } = await customer()
    const startedAt = performance.now()
    await exhaustUnknownNetworks(email, 5)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => guess(email, `203.0.113.${i}`)))
    expectCompared(answers, 5, startedAt)
  })

  it('from one address do not keep the owner out at another', async () => {
    const { email } = await customer()
    for (let i = 0; i < 10; i++) expect(await guess(email, attacker)).toBe(401)
    const refused = await logIn(email, password, attacker)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await logIn(email, password, home)).status).toBe(201)
  })

  it('from many addresses slow down unknown networks, and neither the known ones nor a signed-in owner', async () => {
    const { email } = await customer()
    const { accessToken: token } = (await logIn(email, password, home)).body
    await exhaustUnknownNetworks(email)
    expect((await logIn(email, password, hotel)).status).toBe(429)
    expect((await logIn(email, password, home)).status).toBe(201)
    expect(await guess(email, home)).toBe(401)
    const body = { currentPassword: password, newPassword: 'another long password' }
    expect((await call('PUT', '/v1/users/me/password', { token, body })).status).toBe(204)
  })

  it('share a counter within a /64 of IPv6', async () => {
    const { email } = await customer()
    for (let i = 0; i < 10; i++) expect(await guess(email, `2001:db8::${i}`)).toBe(401)
    expect(await guess(email, '2001:db8::ffff:1')).toBe(429)
    expect(await guess(email, '2001:db8:0:1::1')).toBe(401)
  })

  it('are throttled alike for an address without an account', async () => {
    const email = newEmail()
    for (let i = 0; i < 10; i++) expect(await guess(email, attacker)).toBe(401)
    expect(await guess(email, attacker)).toBe(429)
  })

  it('are given back by the right password', async () => {
    const { email } = await customer()
    for (let i = 0; i < 9; i++) expect(await guess(email, home)).toBe(401)
    for (let i = 0; i < 3; i++) expect((await logIn(email, password, home)).status).toBe(201)
    for (let i = 0; i < 10; i++) expect(await guess(email, home)).toBe(401)
    expect(await guess(email, home)).toBe(429)
  })
})

describe('a counter of attempts', () => {
  const MINUTE = 60_000
  const newCounter = () => guessesFromNetwork(newEmail(), attacker)

  it('doubles the wait with each attempt, up to 15 minutes, and an attempt during the wait changes nothing', async () => {
    const counter = newCounter()
    let now = Date.now()
    for (let i = 0; i < 10; i++) expect(await takeAttempt(db, [counter], now)).toBe(0)
    const waits: number[] = []
    for (let i = 0; i < 12; i++) {
      const wait = await takeAttempt(db, [counter], now)
      expect(await takeAttempt(db, [counter], now + wait - 1)).toBe(1)
      waits.push(wait / 1000)
      now += wait
      expect(await takeAttempt(db, [counter], now)).toBe(0)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
  })

  it('is forgotten after an hour without an attempt, before the server removes it', async () => {
    const counter = newCounter()
    const now = Date.now()
    for (let i = 0; i < 10; i++) await takeAttempt(db, [counter], now)
    expect(await takeAttempt(db, [counter], now)).toBeGreaterThan(0)
    for (let i = 0; i < 10; i++) expect(await takeAttempt(db, [counter], now + 60 * MINUTE)).toBe(0)
    expect(await takeAttempt(db, [counter], now + 60 * MINUTE)).toBeGreaterThan(0)
  })

  it('expires in the datastore', async () => {
    const counter = newCounter()
    await takeAttempt(db, [counter])
    const left = ((await db.throttles.findOne({ _id: counter.key }))?.expiresAt.getTime() ?? 0) - Date.now()
    expect(Math.round(left / MINUTE)).toBe(60)
    for (const collection of [db.throttles, db.knownNetworks, db.sessions]) {
      expect(await collection.indexes()).toContainEqual(expect.objectContaining({ expireAfterSeconds: 0 }))
    }
  })

  it('is not charged when another one refuses', async () => {
    const [first, second] = [newCounter(), newCounter()]
    const now = Date.now()
    for (let i = 0; i < 10; i++) await takeAttempt(db, [second], now)
    for (let i = 0; i < 20; i++) expect(await takeAttempt(db, [first, second], now)).toBeGreaterThan(0)
    for (let i = 0; i < 10; i++) expect(await takeAttempt(db, [first], now)).toBe(0)
  })
})

it('throttles the passwords given in one session, and no other session of the account', async () => {
  const { email } = await customer()
  const [mine, other] = [(await logIn(email)).body, (await logIn(email)).body]
  const change = async (token: string, currentPassword: string) => {
    const body = { currentPassword, newPassword: 'another long password' }
    return (await call('PUT', '/v1/users/me/password', { token, body })).status
  }
  for (let i = 0; i < 10; i++) expect(await change(mine.accessToken, 'wrong password')).toBe(403)
  expect(await change(mine.accessToken, password)).toBe(429)
  const body = { email: newEmail(), currentPassword: password }
  expect((await call('PATCH', '/v1/users/me', { token: mine.accessToken, body })).status).toBe(429)
  expect(await change(other.accessToken, password)).toBe(204)
})

describe('hashing', () => {
  it('leaves threads free: a token is checked while a hundred passwords wait', async () => {
    const { email } = await customer()
    const { accessToken: token } = (await logIn(email)).body
    let done = 0
    const hundred = Array.from({ length: 100 }, () => service.passwords.fits(password, undefined).then(() => done++))
    expect(service.passwords.waiting).toBe(98)
    expect((await call('GET', '/v1/users/me', { token })).status).toBe(200)
    expect(done).toBeLessThan(50)
    await Promise.all(hundred)
    expect(service.passwords.waiting).toBe(0)
  })

  it('refuses a log-in that its queue has no room for with Retry-After, and does not count it as a guess', async () => {
    const { email } = await customer()
    const full = service.with({ passwords: createPasswords({ concurrent: 0, waiting: 0 }) })
    for (let i = 0; i < 20; i++) {
      const { status, headers } = await full.logIn(email, 'wrong password', home)
      expect([status, headers.get('retry-after')]).toEqual([503, '1'])
    }
    for (let i = 0; i < 10; i++) expect(await guess(email, home)).toBe(401)
  })
})
