import { createHash } from 'node:crypto'
import { newId } from '@portico/service-kit'
import { decodeJwt } from 'jose'
import { MongoClient } from 'mongodb'
import { afterAll, describe, expect, it } from 'vitest'
import { openDatabase } from './store/database.ts'
import { defaultLifetime, rotate, startSession } from './store/sessions.ts'
import { interleaved } from './testing/interleaving.ts'
import { openUserService, password } from './testing/service.ts'

const service = await openUserService()
const { call, customer, logIn, refresh, db } = service
const { token: adminToken } = await service.admin()

afterAll(() => service.close())

const DAY_MS = 24 * 3600 * 1000

async function session() {
  const { id, email } = await customer()
  return { id, email, ...(await startSession(db, id, defaultLifetime)) }
}
type Session = Pick<Awaited<ReturnType<typeof session>>, 'id' | 'email' | 'refreshToken'>

/** What ends a session while it is being used, and by whom. */
const endings: readonly [string, (victim: Session) => Promise<unknown>][] = [
  ['a log-out', ({ refreshToken }) => call('DELETE', '/v1/sessions', { body: { refreshToken } })],
  ['the reuse of its token', ({ refreshToken }) => refresh(refreshToken)],
  [
    'a password change elsewhere',
    async ({ email }) => {
      const { accessToken: token } = (await logIn(email)).body
      const body = { currentPassword: password, newPassword: 'another long password' }
      expect((await call('PUT', '/v1/users/me/password', { token, body })).status).toBe(204)
    },
  ],
  [
    'an admin',
    async ({ id }) => {
      expect((await call('DELETE', `/v1/users/${id}/sessions`, { token: adminToken })).status).toBe(204)
    },
  ],
  [
    'the disabling of its account',
    async ({ id }) => {
      expect((await call('PATCH', `/v1/users/${id}`, { token: adminToken, body: { disabled: true } })).status).toBe(200)
    },
  ],
]

describe.each(endings)('a session ended by %s', (_, end) => {
  it('stays ended, whichever step of a refresh it falls upon', async () => {
    for (let step = 0, steps = 1; step < steps; step++) {
      const victim = await session()
      const meanwhile = interleaved(db, step, () => end(victim))
      const { status, body } = await service.with({ db: meanwhile.db }).refresh(victim.refreshToken)
      steps = meanwhile.stepsTaken()
      expect([200, 401]).toContain(status)
      if (status === 200) expect((await refresh(body.refreshToken)).status).toBe(401)
    }
  })
})

describe.each(endings)('an access token whose session was ended by %s', (_, end) => {
  it('gets no ticket', async () => {
    const { id, email } = await customer()
    const { accessToken: token, refreshToken } = (await logIn(email)).body
    const ticket = () => call('POST', '/v1/sessions/tickets', { token, body: { audience: 'orders.live' } })
    expect(decodeJwt((await ticket()).body.ticket).until).toBe(decodeJwt(token).exp)
    // Reuse ends a session once its token has been used.
    await refresh(refreshToken)
    await end({ id, email, refreshToken })
    expect([401, 403]).toContain((await ticket()).status)
  })
})

it('a session stays ended when its refresh and its log-out happen at the same moment', async () => {
  for (let round = 0; round < 10; round++) {
    const { refreshToken } = await session()
    const logOut = call('DELETE', '/v1/sessions', { body: { refreshToken } })
    const [{ status, body }] = await Promise.all([refresh(refreshToken), logOut])
    if (status === 200) expect((await refresh(body.refreshToken)).status).toBe(401)
  }
})

const changesOfTheAccount = endings.filter(([what]) => what.includes('password') || what.includes('account'))

describe.each(changesOfTheAccount)('a log-in interrupted by %s', (_, end) => {
  it('gives no session, whichever of its steps that falls upon', async () => {
    for (let step = 0, steps = 1; step < steps; step++) {
      const victim = await session()
      const meanwhile = interleaved(db, step, () => end(victim))
      const { status, body } = await service.with({ db: meanwhile.db }).logIn(victim.email)
      steps = meanwhile.stepsTaken()
      expect([201, 401, 403]).toContain(status)
      if (status === 201) expect((await refresh(body.refreshToken)).status).toBe(401)
    }
  })
})

describe('the lifetime of a session', () => {
  const lifetime = defaultLifetime
  const daysLeft = async (sid: string) => {
    const found = await db.sessions.findOne({ _id: sid })
    return found && Math.round((found.expiresAt.getTime() - Date.now()) / DAY_MS)
  }
  const age = async (sid: string, days: number) => {
    const earlier = (field: string) => ({ $subtract: [`$${field}`, days * DAY_MS] })
    await db.sessions.updateOne({ _id: sid }, [
      { $set: { expiresAt: earlier('expiresAt'), endsAt: earlier('endsAt'), startedAt: earlier('startedAt') } },
    ])
  }

  it('is 30 days from each refresh, and 90 days in all', async () => {
    const { sid, refreshToken } = await startSession(db, newId(), lifetime)
    expect(await daysLeft(sid)).toBe(30)
    let token = refreshToken
    const left: (number | null)[] = []
    const told: number[] = []
    for (let round = 0; round < 4; round++) {
      await age(sid, 20)
      const rotated = await rotate(db, token, lifetime)
      if (rotated && 'refreshToken' in rotated) {
        token = rotated.refreshToken
        told.push(Math.round((rotated.expiresAt.getTime() - Date.now()) / DAY_MS))
      }
      left.push(await daysLeft(sid))
    }
    expect(left).toEqual([30, 30, 30, 10])
    expect(told).toEqual(left)
    await age(sid, 11)
    expect(await rotate(db, token, lifetime)).toBeUndefined()
  })

  it('ends after 30 days without a refresh', async () => {
    const { sid, refreshToken } = await startSession(db, newId(), lifetime)
    await age(sid, 31)
    expect(await rotate(db, refreshToken, lifetime)).toBeUndefined()
  })

  it('recognizes the reuse of a token after any number of refreshes', async () => {
    const { userId, refreshToken } = await startSession(db, newId(), lifetime)
    let token = refreshToken
    for (let round = 0; round < 20; round++) {
      const rotated = await rotate(db, token, lifetime)
      if (rotated && 'refreshToken' in rotated) token = rotated.refreshToken
    }
    expect(await rotate(db, refreshToken, lifetime)).toEqual({ reusedOf: userId })
    expect(await rotate(db, token, lifetime)).toBeUndefined()
  })
})

it('keeps the sessions of the former schema, and sees the reuse of their tokens', async () => {
  const { id: userId } = await customer()
  const client = await new MongoClient(service.url).connect()
  const token = 'a-token-of-the-former-schema'
  const expiresAt = new Date(Date.now() + DAY_MS)
  const former = { _id: sha256(token), family: newId(), userId, used: false, expiresAt }
  await client
    .db()
    .collection<typeof former>('refresh_tokens')
    .insertMany([former, { ...former, _id: sha256('a used one'), used: true }])
  await (await openDatabase(service.url)).close()
  expect(await client.db().listCollections({ name: 'refresh_tokens' }).toArray()).toEqual([])
  await client.close()
  const { status, body } = await refresh(token)
  expect([status, decodeJwt(body.accessToken).sid]).toEqual([200, former.family])
  expect((await refresh(token)).status).toBe(401)
  expect((await refresh(body.refreshToken)).status).toBe(401)
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
