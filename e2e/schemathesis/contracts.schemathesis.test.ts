import { randomUUID } from 'node:crypto'
import type { Session } from '@portico/contracts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serviceTokens } from '../authorization/callers.ts'
import { newClient } from '../client.ts'
import { type Shop, startShop } from '../shop.ts'
import { type Document, gatewayDocument } from './gateway-document.ts'
import { runSchemathesis, type Target } from './program.ts'

const seconds = Number(process.env.PORTICO_SCHEMATHESIS_SECONDS ?? 40)
const password = 'a good long password'
/** At the gateway storefront answers what two services have; so it comes last. */
const services = ['user', 'product', 'order', 'payment', 'storefront'] as const
const callers = ['customer', 'admin'] as const

let shop: Shop
const urls = new Map<string, string>()
const figures: string[] = []

beforeAll(async () => {
  shop = await startShop()
  for (const { name, ports } of await shop.status()) urls.set(name, `http://127.0.0.1:${ports[0]}`)
}, 260_000)

afterAll(async () => {
  await shop?.stop()
  console.log(figures.join('\n'))
}, 20_000)

const urlOf = (service: string) => urls.get(service) ?? ''

/** The header of somebody new, since one run may disable the accounts that it meets. */
async function authorizationOf(caller: (typeof callers)[number]): Promise<string> {
  const email = `${randomUUID()}@example.test`
  const user = newClient(urlOf('user'))
  if (caller === 'admin') await shop.run('admin', ['create', email], { PORTICO_ADMIN_PASSWORD: password })
  else await user.call('POST', '/v1/users', { body: { email, password, name: 'Ada' } })
  const { body } = await user.call<Session>('POST', '/v1/sessions', { body: { email, password } })
  return `Bearer ${body.accessToken}`
}

async function expectKept(name: string, target: Target): Promise<void> {
  const { passed, requests, output } = await runSchemathesis(target)
  figures.push(`${name}: ${requests} requests`)
  expect(passed, output).toBe(true)
  expect(requests, output).toBeGreaterThan(10)
}

const everybody = services.flatMap((service) => callers.map((caller) => [service, caller] as const))

describe('every answer is one that the contract has', () => {
  it.each(everybody)('of %s to a %s, asked directly', async (service, caller) => {
    const authorization = await authorizationOf(caller)
    await expectKept(`${service}, ${caller}`, { url: urlOf(service), authorization, seconds })
  })

  it.each([
    ['product', 'holdStock'],
    ['provider', undefined],
  ] as const)('of %s to a service', async (service, operation) => {
    const { right } = await serviceTokens(shop, service)
    const target = { url: urlOf(service), authorization: right, ...(operation && { operation }), seconds }
    await expectKept(`${service}, service`, target)
  })

  it.each(callers)('of all services to a %s, asked through the gateway', async (caller) => {
    const documents = await Promise.all(
      services.map(async (name) => (await newClient(urlOf(name)).call<Document>('GET', '/openapi.json')).body),
    )
    const target = { url: shop.url, document: gatewayDocument(documents), seconds: 2 * seconds }
    await expectKept(`gateway, ${caller}`, { ...target, authorization: await authorizationOf(caller) })
  })
})
