import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGateway, type Gateway } from '../gateway.ts'
import { readSettings } from '../settings.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

const document = {
  _format_version: '3.0',
  services: [
    { name: 'alpha', host: 'a.test', tags: ['red'], routes: [{ name: 'alpha-1', paths: ['/a'] }] },
    { name: 'beta', host: 'b.test', tags: ['red', 'big'] },
    { name: 'gamma', host: 'c.test' },
  ],
  upstreams: [
    {
      name: 'u.test',
      targets: [{ target: '10.0.0.1:80' }],
      healthchecks: { passive: { unhealthy: { http_failures: 1 } } },
    },
  ],
}

describe('the Admin API', () => {
  let gateway: Gateway
  let base: string

  const open = async (environment: Record<string, string> = {}, listen = '127.0.0.1:0') => {
    gateway = createGateway({ settings: readSettings({ 'admin-listen': listen }, environment), log: silent })
    const { admin } = await gateway.listen()
    base = `http://127.0.0.1:${admin}`
  }

  beforeEach(async () => {
    await open()
    const response = await post('/config', document)
    expect(response.status).toBe(201)
  })

  afterEach(() => gateway.close(0))

  const post = (path: string, body: object) =>
    fetch(base + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

  const get = async (path: string) => {
    const response = await fetch(base + path)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  const namesOf = (body: Record<string, unknown>) => (body.data as { name: string }[]).map(({ name }) => name)

  it.each([
    ['GET', '/services/a%20b', 400, 10],
    ['DELETE', '/upstreams/10.0.0.1', 400, 10],
    ['PUT', '/consumers/new', 405, 12],
    ['PUT', '/upstreams/new.test', 405, 12],
  ])('takes the name of a path for that of the entity: %s %s', async (method, path, status, code) => {
    const body = method === 'PUT' ? '{}' : null
    const response = await fetch(base + path, { method, headers: { 'content-type': 'application/json' }, body })
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ code })
  })

  it('gives every entity once over all pages', async () => {
    const names: string[] = []
    for (let path: string | null = '/services?size=1'; path; ) {
      const { body } = await get(path)
      names.push(...namesOf(body))
      path = body.next as string | null
    }
    expect(names.sort()).toEqual(['alpha', 'beta', 'gamma'])
  })

  it('picks by tags, all of them or any', async () => {
    expect(namesOf((await get('/services?tags=red,big')).body)).toEqual(['beta'])
    expect(namesOf((await get('/services?tags=big/red')).body).sort()).toEqual(['alpha', 'beta'])
  })

  it('refuses a wrong document with its error tree and keeps the one before', async () => {
    const response = await post('/config', { _format_version: '3.0', services: [{ name: 's' }] })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 14,
      fields: { services: [{ host: 'required field missing' }] },
    })
    expect((await get('/services/alpha')).status).toBe(200)
  })

  it('shows patterns as Lua writes them', async () => {
    const { body } = await get('/schemas/plugins/file-log')
    expect(JSON.stringify(body)).toContain(JSON.stringify({ match: '^[^*&%%\\`]+$' }).slice(1, -1))
  })

  it('says of limits in the wrong order what each plugin of Kong says', async () => {
    const messageFor = async (name: string, config: object) =>
      ((await (await post('/schemas/plugins/validate', { name, config })).json()) as { message: string }).message
    const limits = { second: 10, minute: 5 }
    const words = 'he limit for minute(5.0) cannot be lower than the limit for second(10.0)'
    expect(await messageFor('rate-limiting', limits)).toContain(`T${words}`)
    expect(await messageFor('response-ratelimiting', { limits: { video: limits } })).toContain(`: t${words}`)
  })

  it('checks what is written before it refuses to write', async () => {
    expect(await (await post('/services', { name: 'x' })).json()).toMatchObject({ code: 2 })
    const refused = await post('/services', { name: 'x', host: 'x.test' })
    expect(refused.status).toBe(405)
    expect(await refused.json()).toMatchObject({
      code: 12,
      message: "cannot create 'services' entities when not using a database",
    })
  })

  it.each([
    ['host=x.test&port=80&enabled=false&tags[]=a', 405],
    ['host=x.test&port=eighty', 400],
    ['host=x.test&path=', 405],
  ])('reads the values of a form as their fields want them: %s', async (body, status) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await fetch(`${base}/services`, { method: 'POST', headers, body })).status).toBe(status)
  })

  it('lists what is tagged, and what has one tag', async () => {
    const tagsOf = async (path: string) =>
      ((await get(path)).body.data as { tag: string }[]).map(({ tag }) => tag).sort()
    expect(await tagsOf('/tags')).toEqual(['big', 'red', 'red'])
    expect(await tagsOf('/tags/red')).toEqual(['red', 'red'])
    expect(Object.keys(((await get('/tags/big')).body.data as object[])[0] ?? {}).sort()).toEqual([
      'entity_id',
      'entity_name',
      'tag',
    ])
  })

  it('shows the service of a route, and refuses to write it', async () => {
    expect((await get('/routes/alpha-1/service')).body.name).toBe('alpha')
    const written = await fetch(`${base}/routes/alpha-1/service`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"host":"x.test"}',
    })
    expect(await written.json()).toMatchObject({
      message: expect.stringContaining("cannot create or update 'services'"),
    })
    expect((await fetch(`${base}/routes/alpha-1/service`, { method: 'DELETE' })).status).toBe(405)
  })

  it('takes a configuration as a file of a form, and none that is too big', async () => {
    const form = new FormData()
    form.set('config', new Blob(['_format_version: "3.0"\n']), 'kong.yml')
    expect((await fetch(`${base}/config`, { method: 'POST', body: form })).status).toBe(201)
    const headers = { 'content-type': 'application/json' }
    const body = ' '.repeat(10 * 1024 * 1024 + 1)
    expect((await fetch(`${base}/config`, { method: 'POST', headers, body })).status).toBe(413)
  })

  it('sets the health of a target', async () => {
    const health = async () => ((await get('/upstreams/u.test/health')).body.data as { health: string }[])[0]?.health
    expect(await health()).toBe('HEALTHY')
    const done = await fetch(`${base}/upstreams/u.test/targets/10.0.0.1:80/unhealthy`, { method: 'PUT' })
    expect(done.status).toBe(204)
    expect(await health()).toBe('UNHEALTHY')
  })

  it('requires its token of writes, and on loopback of nothing else', async () => {
    await gateway.close(0)
    await open({ KONG_ADMIN_TOKEN: 'secret' })
    const statusOf = async (method: string, token: Record<string, string> = {}) =>
      (await fetch(`${base}/cache`, { method, headers: token })).status
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) expect(await statusOf(method)).toBe(401)
    expect(await statusOf('DELETE', { 'kong-admin-token': 'secrex' })).toBe(401)
    expect(await statusOf('DELETE', { 'kong-admin-token': 'secret' })).toBe(204)
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect((await fetch(`${base}/status`, { method })).ok).toBe(true)
  })

  it('requires its token of reads too where it listens beyond loopback', async () => {
    await gateway.close(0)
    await open({ KONG_ADMIN_TOKEN: 'secret' }, '0.0.0.0:0')
    expect((await fetch(`${base}/status`)).status).toBe(401)
    expect((await fetch(`${base}/status`, { headers: { 'kong-admin-token': 'secret' } })).status).toBe(200)
  })

  it('answers a method that there is not as one that the path does not have', async () => {
    expect((await fetch(`${base}/services`, { method: 'PROPFIND' })).status).toBe(405)
    expect((await fetch(`${base}/nothing`)).status).toBe(404)
  })
})
