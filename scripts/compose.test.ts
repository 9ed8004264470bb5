import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { cloneEmpty } from './empty-clone.ts'
import { projectRoot } from './home.ts'
import { runProgram } from './run-program.ts'

interface Container {
  readonly image?: string
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly ipv4_address?: string }>>
  readonly ports?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

interface Compose {
  readonly services: Readonly<Record<string, Container>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
}

/** The file as it is where no variable of the environment says otherwise. */
const text = readFileSync(join(projectRoot, 'docker-compose.yml'), 'utf8').replace(/\$\{\w+:-([^}]*)\}/g, '$1')
const compose = parse(text, { merge: true }) as Compose
const networksOf = ({ networks = [] }: Container): readonly string[] =>
  'length' in networks ? (networks as readonly string[]) : Object.keys(networks)

it('publishes the gateway alone, on loopback', () => {
  const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => `${name} ${port}`),
  )
  expect(published).toEqual(['kong 127.0.0.1:8000:8000', 'kong 127.0.0.1:8443:8443'])
})

it("lets storefront alone reach Kong's Admin API", () => {
  const { kong, storefront } = compose.services
  const inside = Object.entries(compose.services).filter(([, service]) => networksOf(service).includes('control'))
  expect(inside.map(([name]) => name).sort()).toEqual(['kong', 'storefront'])
  expect(compose.networks.control?.internal).toBe(true)
  const address = (kong?.networks as Record<string, { ipv4_address?: string }> | undefined)?.control?.ipv4_address
  expect(address).toMatch(/^[\d.]+$/)
  // Not on every address: Kong is in other networks too.
  expect(kong?.environment?.KONG_ADMIN_LISTEN).toBe(`127.0.0.1:8001, ${address}:8001`)
  expect(storefront?.environment?.GATEWAY_ADMIN_URL).toBe('http://kong-admin:8001')
})

it("keeps queries, in which tickets stand, out of Kong's access log", () => {
  const { KONG_PROXY_ACCESS_LOG: log, KONG_NGINX_HTTP_LOG_FORMAT: format = '' } =
    compose.services.kong?.environment ?? {}
  expect(log).toBe(`/dev/stdout ${format.split(' ', 1)[0]}`)
  expect(format).toContain('$$uri')
  expect(format).not.toMatch(/\$\$(?:request\b|request_uri|args|query_string|http_|remote_user|arg_)/)
})

it('makes in an empty clone all that docker-compose.yml and Kong ask for', async () => {
  const { root, remove } = await cloneEmpty()
  try {
    const script = (path: string, ...words: string[]) =>
      runProgram(process.execPath, ['--', join(root, path), ...words], root)
    const made = await script('scripts/compose.ts', 'init')
    expect(made, made.output).toMatchObject({ code: 0 })
    const folder = join(root, '.portico/compose')
    const values = parseEnv(readFileSync(join(folder, '.env'), 'utf8'))
    const asked = readFileSync(join(root, 'docker-compose.yml'), 'utf8').matchAll(/\$\{(\w+):\?/g)
    expect(Object.keys(values).sort()).toEqual([...new Set([...asked].map(([, name]) => name))].sort())
    const rendered = join(folder, 'kong.yml')
    expect(readFileSync(rendered, 'utf8')).not.toContain('${{')
    expect(readFileSync(rendered, 'utf8')).not.toContain('localhost')
    const checked = await script('kong/src/main.ts', 'check', rendered)
    expect(checked, checked.output).toMatchObject({ code: 0 })
  } finally {
    await remove()
  }
})

it('runs a patch release of Kong that can not be smuggled through, and bounds what clients send', () => {
  const { image, environment } = compose.services.kong ?? {}
  const [, patch] = /^kong:3\.9\.(\d+)$/.exec(image ?? '') ?? []
  // CVE-2026-6338 was fixed in 3.9.4, the HTTP/2 faults of nginx 1.31.9 after that.
  expect(Number(patch)).toBeGreaterThanOrEqual(5)
  expect(environment?.KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE).toMatch(/^[1-9]\d*m$/)
  expect(environment?.KONG_NGINX_HTTP_CLIENT_HEADER_TIMEOUT).toMatch(/^\d+s$/)
})

it('gives a secret of two services to these two alone', () => {
  const given = (variable: string) =>
    Object.entries(compose.services).flatMap(([name, { environment = {} }]) => (variable in environment ? [name] : []))
  expect(given('SERVICE_SECRET_ORDER_PRODUCT')).toEqual(['product', 'order'])
  expect(given('PROVIDER_SECRET')).toEqual(['payment', 'provider'])
})

it('gives each service its own user of the event bus', () => {
  const users = Object.entries(compose.services).flatMap(([name, { environment = {} }]) => {
    const user = /^redis:\/\/(\w*):\$\{REDIS_BUS_(\w+)_PASSWORD/.exec(environment.EVENT_BUS_URL ?? '')
    return 'EVENT_BUS_URL' in environment ? [[name, user?.[1], user?.[2]?.toLowerCase()]] : []
  })
  expect(users).toEqual(['product', 'order', 'payment'].map((name) => [name, name, name]))
})

it('gives each service the user that it has on its datastore, and no password of an administrator', () => {
  const urls = ['MONGODB_URL', 'POSTGRES_URL', 'MYSQL_URL', 'REDIS_URL'].flatMap((variable) =>
    Object.entries(compose.services).flatMap(([name, { environment = {} }]) => {
      const [, user, password] = /^\w+:\/\/(\w*):\$\{(\w+)/.exec(environment[variable] ?? '') ?? []
      return variable in environment ? [`${name}: ${user} ${password}`] : []
    }),
  )
  expect(urls).toEqual([
    'user: portico_user USER_MONGODB_PASSWORD',
    'product: portico_product PRODUCT_POSTGRES_PASSWORD',
    'seed: portico_product PRODUCT_POSTGRES_PASSWORD',
    // The user that the image of MySQL confines to one database; root's password is random.
    'order: portico MYSQL_PASSWORD',
    'payment: payment PAYMENT_REDIS_PASSWORD',
  ])
})
