import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { encodeCursor, newId } from '@portico/service-kit'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { openSigningKeys } from './signing-keys.ts'
import { newEmail, openUserService, password } from './testing/service.ts'

const service = await openUserService()
const { call, register, logIn, refresh, admin } = service

afterAll(() => service.close())

describe('registering', () => {
  it('answers the new user without anything secret', async () => {
    const email = newEmail()
    const { status, body } = await call('POST', '/v1/users', { body: { email, password, name: ' Ada ' } })
    expect(status).toBe(201)
    expect(body).toEqual({ id: body.id, email, name: 'Ada', role: 'customer', createdAt: expect.any(String) })
  })

  it('refuses an address that is taken, whatever its case', async () => {
    const email = newEmail()
    await register(email)
    const { status, body } = await call('POST', '/users', {
      body: { email: email.toUpperCase(), password, name: 'Eve' },
    })
    expect([status, body.type]).toEqual([409, 'urn:portico:problem:email-taken'])
  })

  it('names every field that is wrong', async () => {
    const { status, body } = await call('POST', '/v1/users', {
      body: { email: 'nobody', password: 'short', role: 'admin' },
    })
    expect(status).toBe(400)
    expect(body.errors.map((each) => each.field).sort()).toEqual(['email', 'name', 'password', 'role'])
  })

  it('refuses what is not JSON', async () => {
    expect((await call('POST', '/v1/users', { body: '{"email":' })).status).toBe(400)
  })
})

describe('logging in', () => {
  it('gives a token that says who, for fifteen minutes, signed with the current key', async () => {
    const user = await register()
    const { status, body, headers } = await logIn(user.email.toLowerCase())
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store'])
    expect(body).toMatchObject({ tokenType: 'Bearer', expiresIn: 900 })
    expect(decodeProtectedHeader(body.accessToken)).toMatchObject({ alg: 'RS256', kid: 'first' })
    const claims = decodeJwt(body.accessToken)
    expect(claims).toMatchObject({ sub: user.id, role: 'customer', iss: 'https://portico.invalid', aud: 'portico' })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(900)
  })

  it('answers a wrong password and an unknown address alike', async () => {
    const { email } = await register()
    const [wrong, unknown] = [await logIn(email, 'not the password'), await logIn(newEmail())]
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(wrong.body.type).toBe(unknown.body.type)
  })

  it('slows down guesses at one account and leaves others alone', async () => {
    const [{ email }, other] = [await register(), await register()]
    for (let guess = 0; guess < 10; guess++) expect((await logIn(email, 'wrong password')).status).toBe(401)
    const slowed = await logIn(email)
    expect(slowed.status).toBe(429)
    expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await logIn(other.email)).status).toBe(201)
  })
})

describe('a session', () => {
  const session = async () => (await logIn((await register()).email)).body

  it('goes on with a new refresh token at each use', async () => {
    const first = await session()
    const { status, body } = await refresh(first.refreshToken)
    expect(status).toBe(200)
    expect(body.refreshToken).not.toBe(first.refreshToken)
    expect((await refresh(body.refreshToken)).status).toBe(200)
  })

  it('ends for everybody when a used refresh token comes again', async () => {
    const first = await session()
    const { body: second } = await refresh(first.refreshToken)
    expect((await refresh(first.refreshToken)).status).toBe(401)
    expect((await refresh(second.refreshToken)).status).toBe(401)
  })

  it('is refreshed by at most one of two callers with the same token', async () => {
    const { refreshToken } = await session()
    const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken)])
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
  })

  it('ends with a log out', async () => {
    const { refreshToken } = await session()
    expect((await call('DELETE', '/v1/sessions', { body: { refreshToken } })).status).toBe(204)
    expect((await refresh(refreshToken)).status).toBe(401)
    expect((await call('DELETE', '/v1/sessions', { body: { refreshToken: 'unknown' } })).status).toBe(204)
  })

  it('gets a ticket for a WebSocket that is no access token', async () => {
    const { accessToken } = await session()
    const { status, body } = await call('POST', '/v1/sessions/tickets', {
      token: accessToken,
      body: { audience: 'orders.live' },
    })
    expect([status, decodeJwt(body.ticket).aud]).toEqual([201, 'orders.live'])
    expect((await call('GET', '/v1/users/me', { token: body.ticket })).status).toBe(401)
  })
})

describe('the own profile', () => {
  it('is read and changed by its owner', async () => {
    const { email } = await register()
    const { accessToken: token } = (await logIn(email)).body
    expect((await call('GET', '/v1/users/me', { token })).body).toMatchObject({ email, name: 'Ada' })
    expect((await call('PATCH', '/users/me', { token, body: { name: 'Ada L.' } })).body.name).toBe('Ada L.')
    expect((await call('PATCH', '/v1/users/me', { token, body: {} })).status).toBe(400)
  })

  it('is closed without a token, before anything of the request is looked at', async () => {
    expect((await call('PATCH', '/v1/users/me', { body: { nonsense: 1 } })).status).toBe(401)
    expect((await call('GET', '/v1/users/me', { token: 'not.a.token' })).status).toBe(401)
  })

  it('changes the e-mail address only with the current password', async () => {
    const { email } = await register()
    const { accessToken: token } = (await logIn(email)).body
    const change = async (body: object) => {
      const { status, body: answer } = await call('PATCH', '/v1/users/me', { token, body })
      return [status, answer.errors?.map(({ field }) => field) ?? answer.type?.replace(/.*:/, '')]
    }
    const next = newEmail()
    expect(await change({ email: next })).toEqual([400, ['currentPassword']])
    expect(await change({ email: next, currentPassword: 'wrong password' })).toEqual([403, 'forbidden'])
    expect((await logIn(email)).status).toBe(201)
    expect(await change({ currentPassword: password })).toEqual([400, ['']])
    expect(await change({ email: next, name: 'Ada L.', currentPassword: password })).toEqual([200, undefined])
    expect((await logIn(next)).status).toBe(201)
    expect((await logIn(email)).status).toBe(401)
  })

  it('answers five changes of the e-mail address an hour, whether or not the address is taken', async () => {
    const [{ email }, taken] = [await register(), await register()]
    const { accessToken: token } = (await logIn(email)).body
    const change = (to: string) =>
      call('PATCH', '/v1/users/me', { token, body: { email: to, currentPassword: password } })
    const statuses: number[] = []
    for (const to of [taken.email, newEmail(), taken.email, taken.email, email])
      statuses.push((await change(to)).status)
    expect(statuses).toEqual([409, 200, 409, 409, 200])
    const { status, headers } = await change(taken.email)
    expect(status).toBe(429)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(3500)
    expect((await call('PATCH', '/v1/users/me', { token, body: { name: 'Ada L.' } })).status).toBe(200)
  })

  it('changes its password and ends all other sessions', async () => {
    const { email } = await register()
    const [mine, other] = [(await logIn(email)).body, (await logIn(email)).body]
    const path = '/v1/users/me/password'
    const wrong = { currentPassword: 'wrong password', newPassword: 'another long one' }
    expect((await call('PUT', path, { token: mine.accessToken, body: wrong })).status).toBe(403)
    const right = { currentPassword: password, newPassword: 'another long one' }
    expect((await call('PUT', path, { token: mine.accessToken, body: right })).status).toBe(204)
    expect((await refresh(other.refreshToken)).status).toBe(401)
    expect((await refresh(mine.refreshToken)).status).toBe(200)
    expect((await logIn(email)).status).toBe(401)
    expect((await logIn(email, 'another long one')).status).toBe(201)
  })
})

describe('an admin', () => {
  it('finds users by a part of name or address, page by page', async () => {
    const { token } = await admin()
    const mark = randomUUID()
    for (let i = 0; i < 3; i++) await register(`${mark}.${i}@example.test`)
    const first = await call('GET', `/v1/users?q=${mark.toUpperCase()}&limit=2`, { token })
    expect(first.body.items.map(({ email }) => email)).toEqual([`${mark}.2@example.test`, `${mark}.1@example.test`])
    const rest = await call('GET', `/v1/users?q=${mark}&limit=2&cursor=${first.body.nextCursor}`, { token })
    expect(rest.body.items.map(({ email }) => email)).toEqual([`${mark}.0@example.test`])
    expect(rest.body.nextCursor).toBeNull()
    for (const cursor of ['nonsense', encodeCursor([8.64e15, randomUUID()])])
      expect((await call('GET', `/v1/users?cursor=${cursor}`, { token })).status).toBe(400)
  })

  it('looks up one user; a customer may not', async () => {
    const user = await register()
    const { token } = await admin()
    expect((await call('GET', `/v1/users/${user.id}`, { token })).body.email).toBe(user.email)
    expect((await call('GET', `/v1/users/${newId()}`, { token })).status).toBe(404)
    const customer = (await logIn(user.email)).body.accessToken
    expect((await call('GET', `/v1/users/${user.id}`, { token: customer })).status).toBe(403)
  })
})

it('serves the public keys and nothing private, and signs with another key when the file says so', async () => {
  const { email } = await register()
  const before = (await logIn(email)).body.accessToken
  const { body } = await call('GET', '/.well-known/jwks.json')
  expect(body.keys.map(({ kid }) => kid)).toEqual(['first', 'second'])
  for (const key of body.keys) expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  const file = JSON.parse(readFileSync(service.keyFile, 'utf8'))
  writeFileSync(service.keyFile, JSON.stringify({ ...file, current: 'second' }))
  const after = (await logIn(email)).body.accessToken
  expect(decodeProtectedHeader(after).kid).toBe('second')
  expect((await call('GET', '/v1/users/me', { token: before })).status).toBe(200)
})

it('publishes and accepts a former key until it expires, whoever forgot to take it out of the file', async () => {
  const file = JSON.parse(readFileSync(service.keyFile, 'utf8'))
  const expiresAt = '2030-01-01T00:15:00.000Z'
  const path = join(dirname(service.keyFile), 'expiring.json')
  const keys = file.keys.map((key: { kid: string }) => ({ ...key, expiresAt }))
  writeFileSync(path, JSON.stringify({ ...file, current: 'second', keys }))
  let now = Date.parse(expiresAt) - 1
  const open = openSigningKeys(path, () => now)
  const published = async () => (await open()).jwks.keys.map(({ kid }) => kid)
  expect(await published()).toEqual(['first', 'second'])
  now += 1
  expect(await published()).toEqual(['second'])
})
