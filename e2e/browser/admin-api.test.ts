import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { reachShop, type Shop } from '../shop.ts'
import { launchBrowser } from './browser.ts'

const planted = '_format_version: "3.0"\nservices: [{ name: planted, host: evil.example }]\n'

let shop: Shop
let browser: Browser
let attacker: Server
let token: string

beforeAll(async () => {
  shop = await reachShop(inject('shopHome'))
  token = readFileSync(join(shop.home, 'kong-admin-token'), 'utf8').replace('kong-admin-token:', '').trim()
  // Both names lead to this machine: a page from elsewhere, and one whose name was made to resolve anew.
  browser = await launchBrowser(['--host-resolver-rules=MAP evil.example 127.0.0.1, MAP rebind.example 127.0.0.1'])
  attacker = createServer((_, answer) => {
    const form = (enctype: string) => `<form method="post" enctype="${enctype}" action="${shop.adminUrl}/config">
      <textarea name="config">${planted}</textarea><button>${enctype}</button></form>`
    const forms = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'].map(form)
    answer.setHeader('content-type', 'text/html').end(`<!doctype html>${forms.join('')}`)
  }).listen(0, '127.0.0.1')
  await once(attacker, 'listening')
}, 60_000)

afterAll(async () => {
  await browser?.close()
  attacker?.close()
}, 30_000)

const pageOf = (host: string) => `http://${host}:${(attacker.address() as AddressInfo).port}/`

async function serviceNames(): Promise<string[]> {
  const answer = await fetch(`${shop.adminUrl}/services?size=1000`)
  return ((await answer.json()) as { data: { name: string }[] }).data.map(({ name }) => name)
}

describe('a web page that the operator opens', () => {
  it.each([
    ['evil.example', 'application/x-www-form-urlencoded'],
    ['evil.example', 'multipart/form-data'],
    ['evil.example', 'text/plain'],
    ['localhost', 'multipart/form-data'],
    ['127.0.0.1', 'multipart/form-data'],
  ])("cannot replace the gateway's configuration by a form: %s, %s", async (host, enctype) => {
    const page = await browser.newPage()
    await page.goto(pageOf(host))
    const answered = page.waitForResponse((response) => response.url().endsWith('/config'))
    await page.getByRole('button', { name: enctype }).click()
    expect((await answered).status()).toBe(403)
    expect(await serviceNames()).not.toContain('planted')
    await page.close()
  })

  it('cannot send a request in the background, nor read an answer', async () => {
    const page = await browser.newPage()
    await page.goto(pageOf('evil.example'))
    const outcome = await page.evaluate(async (admin) => {
      const send = (options: RequestInit) => fetch(`${admin}/config`, options).then(String, () => 'failed')
      return [await send({}), await send({ method: 'POST', mode: 'no-cors', body: 'config=x' })]
    }, shop.adminUrl)
    expect(outcome).toEqual(['failed', '[object Response]'])
    expect(await serviceNames()).not.toContain('planted')
    await page.close()
  })

  it('cannot reach the Admin API by a name of its own that resolves to this machine', async () => {
    const page = await browser.newPage()
    const answer = await page.goto(`http://rebind.example:${new URL(shop.adminUrl).port}/config`)
    expect(answer?.status()).toBe(403)
    expect(await page.content()).toContain('KONG_ADMIN_ALLOWED_HOSTS')
    await page.close()
  })
})

describe('the Admin API of a shop that runs', () => {
  const write = (path: string, headers: Record<string, string> = {}, body = 'config=') =>
    fetch(shop.adminUrl + path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    })

  it('is read without a token and written with that of the home', async () => {
    expect((await fetch(`${shop.adminUrl}/status`)).status).toBe(200)
    expect((await write('/config')).status).toBe(401)
    expect((await write('/config', { 'kong-admin-token': token })).status).toBe(400)
  })

  it("refuses a plugin that writes outside the home's folder for that", async () => {
    const plugins = 'plugins: [{ name: file-log, config: { path: /tmp/planted } }]'
    const body = `config=${encodeURIComponent(`_format_version: "3.0"\n${plugins}\n`)}`
    const answer = await write('/config', { 'kong-admin-token': token }, body)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      fields: { plugins: [{ config: { path: expect.stringContaining('KONG_PLUGIN_FILES_DIR') } }] },
    })
  })

  it('does not let its token into logs or what the commands print', async () => {
    const { stdout } = await shop.run('status')
    expect(stdout).toContain(`curl -H '@${join(shop.home, 'kong-admin-token')}'`)
    const logs = join(shop.home, 'logs')
    const texts = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'))
    for (const text of [stdout, ...texts]) expect(text.includes(token)).toBe(false)
  })
})
