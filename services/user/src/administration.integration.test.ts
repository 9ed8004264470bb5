import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newId } from '@portico/service-kit'
import { decodeJwt } from 'jose'
import { afterAll, describe, expect, it } from 'vitest'
import { promoteAccount } from './administration.ts'
import { interleaved } from './testing/interleaving.ts'
import { newEmail, openUserService, password } from './testing/service.ts'

const service = await openUserService()
const { admin, call, customer, logIn, refresh, db } = service

afterAll(() => service.close())

type Admin = Pick<Awaited<ReturnType<typeof admin>>, 'id' | 'token'>

const change = ({ token }: Admin, id: string, body: object) => call('PATCH', `/v1/users/${id}`, { token, body })
const entriesOf = async ({ id, token }: Admin) =>
  (await call('GET', `/v1/admin/audit?actor=${id}`, { token })).body.items.map(
    ({ action, subject, before, after }) => ({
      ...{ action, subject, before, after },
    }),
  )
const roleOf = async (id: string) => (await db.accounts.findOne({ _id: id }))?.role

describe('a disabled account', () => {
  it('loses its sessions, its tickets and its profile, and says so only to who knows the password', async () => {
    const [boss, { id, email }] = [await admin(), await customer()]
    const { accessToken: token, refreshToken } = (await logIn(email)).body
    expect((await change(boss, id, { disabled: true })).body).toMatchObject({ id, email, disabled: true })
    expect((await refresh(refreshToken)).status).toBe(401)
    const disabled = [403, 'urn:portico:problem:account-disabled']
    const outcome = async (answer: ReturnType<typeof call>) => [(await answer).status, (await answer).body.type]
    expect(await outcome(logIn(email))).toEqual(disabled)
    expect(await outcome(logIn(email, 'wrong password'))).toEqual([401, 'urn:portico:problem:wrong-credentials'])
    const body = { audience: 'orders.live' }
    expect(await outcome(call('POST', '/v1/sessions/tickets', { token, body }))).toEqual(disabled)
    expect(await outcome(call('GET', '/v1/users/me', { token }))).toEqual(disabled)
    expect(await outcome(call('PATCH', '/v1/users/me', { token, body: { name: 'Eve' } }))).toEqual(disabled)
  })

  it('serves again once it is enabled', async () => {
    const [boss, { id, email }] = [await admin(), await customer()]
    await change(boss, id, { disabled: true })
    expect((await change(boss, id, { disabled: false })).body.disabled).toBe(false)
    expect((await logIn(email)).status).toBe(201)
  })

  it('made before accounts could be disabled can be', async () => {
    const [boss, { id }] = [await admin(), await customer()]
    await db.accounts.updateOne({ _id: id }, { $unset: { disabled: 1 } })
    expect((await call('GET', `/v1/users/${id}`, { token: boss.token })).body.disabled).toBe(false)
    expect((await change(boss, id, { disabled: true })).body.disabled).toBe(true)
  })
})

describe('a role', () => {
  it('is given and taken, ends the sessions, and counts at once here, whatever the token says', async () => {
    const [boss, { id, email }] = [await admin(), await customer()]
    const { refreshToken } = (await logIn(email)).body
    expect((await change(boss, id, { role: 'admin' })).body.role).toBe('admin')
    expect((await refresh(refreshToken)).status).toBe(401)
    const promoted = { id, token: (await logIn(email)).body.accessToken }
    expect((await change(promoted, boss.id, { role: 'customer' })).status).toBe(200)
    for (const [method, path] of [
      ['GET', '/v1/users'],
      ['GET', `/v1/users/${id}`],
      ['GET', '/v1/admin/audit'],
      ['DELETE', `/v1/users/${id}/sessions`],
    ] as const)
      expect([path, (await call(method, path, { token: boss.token })).status]).toEqual([path, 403])
    expect((await change(boss, id, { role: 'customer' })).status).toBe(403)
    expect(await roleOf(id)).toBe('admin')
  })

  it('can not be taken from oneself, nor can one disable oneself', async () => {
    const boss = await admin()
    for (const body of [{ role: 'customer' }, { disabled: true }]) {
      expect((await change(boss, boss.id, body)).status).toBe(403)
    }
    expect(await db.accounts.findOne({ _id: boss.id })).toMatchObject({ role: 'admin', disabled: false })
    expect(await entriesOf(boss)).toEqual([])
  })

  it.each([{ role: 'customer' }, { disabled: true }])(
    '%o: two admins who do it to each other do not both succeed',
    async (body) => {
      for (let round = 0; round < 5; round++) {
        const [one, other] = [await admin(), await admin()]
        const answers = await Promise.all([change(one, other.id, body), change(other, one.id, body)])
        expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
        const left = await db.accounts.countDocuments({
          _id: { $in: [one.id, other.id] },
          role: 'admin',
          disabled: false,
        })
        expect(left).toBeGreaterThanOrEqual(1)
      }
    },
  )

  it('stays as it was when the admin who changes it is demoted meanwhile, at whichever step', async () => {
    for (let step = 0, steps = 1; step < steps; step++) {
      const [one, other, { id }] = [await admin(), await admin(), await customer()]
      const meanwhile = interleaved(db, step, () => change(other, one.id, { role: 'customer' }))
      const body = { role: 'admin' }
      const { status } = await service
        .with({ db: meanwhile.db })
        .call('PATCH', `/v1/users/${id}`, { token: one.token, body })
      steps = meanwhile.stepsTaken()
      expect([status, await roleOf(id)]).toEqual(status === 200 ? [200, 'admin'] : [403, 'customer'])
      const noted = (await call('GET', `/v1/admin/audit?actor=${one.id}`, { token: other.token })).body.items
      expect(noted).toHaveLength(status === 200 ? 1 : 0)
    }
  })

  it('is not changed on top of what another admin has changed meanwhile', async () => {
    const [one, other, { id }] = [await admin(), await admin(), await customer()]
    const meanwhile = interleaved(db, 1, () => change(other, id, { disabled: true }))
    const body = { role: 'admin' }
    const answer = await service.with({ db: meanwhile.db }).call('PATCH', `/v1/users/${id}`, { token: one.token, body })
    expect([answer.status, answer.body.type]).toEqual([409, 'urn:portico:problem:wrong-state'])
    expect(await db.accounts.findOne({ _id: id })).toMatchObject({ role: 'customer', disabled: true })
    expect(await entriesOf(one)).toEqual([])
  })
})

describe('what admins do', () => {
  it('is open to admins alone, before the request is looked at', async () => {
    const { id, email } = await customer()
    const { accessToken: token } = (await logIn(email)).body
    for (const [method, path, body] of [
      ['PATCH', `/v1/users/${id}`, { role: 'admin' }],
      ['PATCH', '/v1/users/nobody', { nonsense: 1 }],
      ['DELETE', `/v1/users/${id}/sessions`, undefined],
      ['GET', '/v1/admin/audit', undefined],
    ] as const) {
      expect((await call(method, path, { token, body })).status).toBe(403)
      expect((await call(method, path, { body })).status).toBe(401)
    }
    expect(await roleOf(id)).toBe('customer')
  })

  it('refuses what is no change, and a user who does not exist', async () => {
    const [boss, { id }] = [await admin(), await customer()]
    for (const body of [{}, { role: 'root' }, { disabled: 'yes' }, { email: 'eve@example.test' }]) {
      expect((await change(boss, id, body)).status).toBe(400)
    }
    expect((await change(boss, newId(), { disabled: true })).status).toBe(404)
    expect((await call('DELETE', `/v1/users/${newId()}/sessions`, { token: boss.token })).status).toBe(404)
  })

  it('is written into the audit log with what was different, and nothing where nothing changed', async () => {
    const [boss, { id }] = [await admin(), await customer()]
    await change(boss, id, { role: 'customer', disabled: true })
    await change(boss, id, { disabled: true })
    await call('DELETE', `/v1/users/${id}/sessions`, { token: boss.token })
    expect(await entriesOf(boss)).toEqual([
      { action: 'user.sessions_ended', subject: id, before: null, after: null },
      { action: 'user.changed', subject: id, before: { disabled: false }, after: { disabled: true } },
    ])
    const path = `/v1/admin/audit?actor=${boss.id}&limit=1`
    const first = (await call('GET', path, { token: boss.token })).body
    const rest = (await call('GET', `${path}&cursor=${first.nextCursor}`, { token: boss.token })).body
    expect([first, rest].map(({ items, nextCursor }) => [items[0]?.action, nextCursor === null])).toEqual([
      ['user.sessions_ended', false],
      ['user.changed', true],
    ])
  })

  it('is told apart from what they read, page by page', async () => {
    const [boss, { id }] = [await admin(), await customer()]
    const { token } = boss
    await change(boss, id, { disabled: true })
    await call('GET', `/v1/users/${id}`, { token })
    await call('DELETE', `/v1/users/${id}/sessions`, { token })
    await call('GET', '/v1/users', { token })
    const actionsOf = async (query: string) => {
      const { items, nextCursor } = (await call('GET', `/v1/admin/audit?actor=${boss.id}&${query}`, { token })).body
      return { actions: items.map(({ action }) => action), nextCursor }
    }
    const changes = await actionsOf('kind=change&limit=1')
    expect(changes.actions).toEqual(['user.sessions_ended'])
    expect(await actionsOf(`kind=change&cursor=${changes.nextCursor}`)).toMatchObject({ actions: ['user.changed'] })
    expect(await actionsOf('kind=read')).toEqual({ actions: ['user.listed', 'user.read'], nextCursor: null })
    expect((await call('GET', '/v1/admin/audit?kind=other', { token })).status).toBe(400)
  })

  it('does not include looking an admin up, as the audit log does for each of its actors', async () => {
    const [boss, other, { id }] = [await admin(), await admin(), await customer()]
    const since = service.lines.length
    expect((await call('GET', `/v1/users/${other.id}`, { token: boss.token })).body.email).toBe(other.email)
    expect(await entriesOf(boss)).toEqual([])
    for (let i = 0; i < 2; i++) await call('GET', `/v1/users/${id}`, { token: boss.token })
    expect(await entriesOf(boss)).toHaveLength(1)
    const reports = service.lines.slice(since).filter(({ security }) => security === 'user.read')
    expect(reports).toMatchObject([{ userId: id }])
  })

  it('includes reads of personal data, once an hour each; a look at oneself is none', async () => {
    const [boss, { id }] = [await admin(), await customer()]
    const { token } = boss
    for (let i = 0; i < 2; i++) {
      await call('GET', `/v1/users/${id}`, { token })
      await call('GET', `/v1/users/${boss.id}`, { token })
      await call('GET', '/v1/users?q=Ada', { token })
    }
    await call('GET', '/v1/users', { token })
    expect(await entriesOf(boss)).toEqual([
      { action: 'user.listed', subject: 'users', before: null, after: null },
      { action: 'user.listed', subject: 'users', before: null, after: { q: 'Ada' } },
      { action: 'user.read', subject: id, before: null, after: null },
    ])
  })
})

const runScript = (name: string, email: string) => {
  const env = { ...process.env, MONGODB_URL: service.url, PORTICO_ADMIN_PASSWORD: password }
  return promisify(execFile)(process.execPath, [join(import.meta.dirname, name), email], { env })
}

it('an admin made by the script stands in the audit log', async () => {
  const email = newEmail()
  expect((await runScript('create-admin.ts', email)).stdout).toContain(email)
  const { body } = await logIn(email)
  const made = { id: decodeJwt(body.accessToken).sub ?? '', token: body.accessToken }
  expect(await entriesOf(made)).toEqual([
    { action: 'admin.created', subject: made.id, before: null, after: { role: 'admin' } },
  ])
})

describe('promoting an account', () => {
  it('makes it an admin by the script, ends its sessions and writes one audit entry', async () => {
    const { id, email } = await customer()
    const { refreshToken } = (await logIn(email)).body
    await expect(runScript('create-admin.ts', email)).rejects.toMatchObject({ code: 2 })
    expect((await runScript('promote-admin.ts', email)).stdout).toContain('is an admin now')
    expect((await refresh(refreshToken)).status).toBe(401)
    const token = (await logIn(email)).body.accessToken
    expect(await promoteAccount(db, email)).toBe(false)
    expect(await entriesOf({ id, token })).toEqual([
      { action: 'user.changed', subject: id, before: { role: 'customer' }, after: { role: 'admin' } },
    ])
  })

  it('refuses an unknown address and a disabled account', async () => {
    const [boss, { id, email }] = [await admin(), await customer()]
    await change(boss, id, { disabled: true })
    await expect(promoteAccount(db, newEmail())).rejects.toMatchObject({ code: 'not_found' })
    await expect(promoteAccount(db, email)).rejects.toMatchObject({ code: 'account_disabled' })
    expect(await roleOf(id)).toBe('customer')
  })
})

it('ends all sessions of one user and of nobody else', async () => {
  const [boss, { id, email }, other] = [await admin(), await customer(), await customer()]
  const [mine, also, theirs] = [(await logIn(email)).body, (await logIn(email)).body, (await logIn(other.email)).body]
  expect((await call('DELETE', `/users/${id}/sessions`, { token: boss.token })).status).toBe(204)
  for (const { refreshToken } of [mine, also]) expect((await refresh(refreshToken)).status).toBe(401)
  expect((await refresh(theirs.refreshToken)).status).toBe(200)
  expect((await logIn(email)).status).toBe(201)
})

it('reports security events with ids and a shortened address, and nothing secret', async () => {
  const [boss, { id, email }] = [await admin(), await customer()]
  const from = '203.0.113.7'
  const since = service.lines.length
  await logIn(email, 'a wrong password', from)
  const session = (await logIn(email)).body
  const token = session.accessToken
  const next = `${newId()}@example.test`
  const mine = (method: string, path: string, body: object) => call(method, path, { token, body, from })
  await mine('PATCH', '/v1/users/me', { email: next, currentPassword: 'a wrong password' })
  await mine('PATCH', '/v1/users/me', { email: next, currentPassword: password })
  await mine('PUT', '/v1/users/me/password', { currentPassword: password, newPassword: 'another long password' })
  const renewed = (await refresh(session.refreshToken)).body
  await refresh(session.refreshToken)
  await call('GET', '/v1/users', { token: boss.token })
  await call('GET', `/v1/users/${id}`, { token: boss.token })
  await change(boss, id, { disabled: true })
  await logIn(next, 'another long password')
  await call('DELETE', `/v1/users/${id}/sessions`, { token: boss.token })
  for (let i = 0; i < 11; i++) await logIn(next, 'a wrong password', from)
  const events = service.lines.slice(since).filter(({ security }) => security !== undefined)
  const seen = [...new Set(events.map(({ security }) => security))]
  expect(seen).toEqual([
    'log_in.failed',
    'password.refused',
    'email.changed',
    'password.changed',
    'session.token_reused',
    'user.listed',
    'user.read',
    'user.changed',
    'log_in.disabled_account',
    'user.sessions_ended',
    'log_in.throttled',
  ])
  expect(events[0]).toEqual({
    security: 'log_in.failed',
    requestId: expect.any(String),
    client: '203.0.113.0/24',
    userId: id,
  })
  const text = JSON.stringify(events)
  const secrets = ['password"', email, next, from, token, session.refreshToken, renewed.refreshToken, 'long password']
  for (const secret of secrets) expect(text).not.toContain(secret)
})
