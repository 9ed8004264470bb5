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
