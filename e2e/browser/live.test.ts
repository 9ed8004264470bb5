import type { WebSocketRoute } from 'playwright-core'
import { expect, it } from 'vitest'
import { visit } from './browser.ts'
import { newAccount, orderWith, putIntoCart, signIn } from './customer.ts'
import { openStage } from './stage.ts'

const stage = openStage()

it('shows an order become paid by what the WebSocket tells, and goes on after the connection broke', async () => {
  const { page, leave } = await visit(stage.browser, stage.shop.url)
  const told: string[] = []
  const addresses: string[] = []
  page.on('websocket', (socket) => {
    addresses.push(socket.url())
    socket.on('framereceived', ({ payload }) => told.push(String(payload)))
  })
  await signIn(page, await newAccount(stage.shop.url))
  await putIntoCart(page, 'Harmonica')
  await orderWith(page, 'Slow card')
  const orderId = page.url().split('/').at(-1) ?? ''
  await page.getByText('shown live').waitFor()
  await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
  await expect
    .poll(() => told.map((each) => JSON.parse(each)))
    .toContainEqual(expect.objectContaining({ type: 'order.status', orderId, status: 'paid' }))

  const before = addresses.length
  process.kill((await stage.shop.process('order')).pid, 'SIGKILL')
  await page.getByText('checked every few seconds').waitFor()
  await page.getByText('shown live').waitFor()
  expect(addresses.length).toBeGreaterThan(before)
  const seen = JSON.parse(told[0] ?? '{}').eventId
  expect(new URL(addresses.at(-1) ?? '').searchParams.get('lastEventId')).toBe(
    told.length === 1 ? seen : expect.any(String),
  )
  await leave()
})

it('comes back at once and resumes when its authorization expires, and closes at the sign-out', async () => {
  const { page, context, leave } = await visit(stage.browser, stage.shop.url)
  const sockets: WebSocketRoute[] = []
  const told: string[] = []
  let closed = 0
  await context.routeWebSocket(/orders\/live/, (socket) => {
    sockets.push(socket)
    const server = socket.connectToServer()
    server.onMessage((message) => {
      told.push(JSON.parse(String(message)).eventId)
      socket.send(message)
    })
    socket.onClose((code) => {
      closed += 1
      void server.close(code === undefined ? {} : { code })
    })
  })
  await signIn(page, await newAccount(stage.shop.url))
  await putIntoCart(page, 'Harmonica')
  await orderWith(page, 'Slow card')
  await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
  await page.getByText('shown live').waitFor()
  await expect.poll(() => told.length).toBeGreaterThan(0)
  const last = told.at(-1)
  await sockets.at(-1)?.close({ code: 3000, reason: 'the authorization has expired' })
  await expect.poll(() => new URL(sockets.at(-1)?.url() ?? '').searchParams.get('lastEventId')).toBe(last)
  await page.getByText('shown live').waitFor()
  const before = closed
  await page.getByRole('link', { name: 'Your account' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect.poll(() => closed).toBeGreaterThan(before)
  await leave()
})

it('asks every few seconds where no WebSocket gets through', async () => {
  const { page, context, leave } = await visit(stage.browser, stage.shop.url)
  await context.routeWebSocket(/orders\/live/, (socket) => socket.close())
  await signIn(page, await newAccount(stage.shop.url))
  await putIntoCart(page, 'Harmonica')
  await orderWith(page, 'Slow card')
  await page.getByText('checked every few seconds').waitFor()
  await page.getByRole('heading', { name: 'It is yours.' }).waitFor()
  await leave()
})
