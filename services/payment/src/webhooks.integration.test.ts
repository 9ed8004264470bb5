import { WEBHOOK_SIGNATURE, type Webhook } from '@portico/contracts'
import { newId, signBody } from '@portico/service-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSetting, placed, type Setting, webhookSecret } from './testing/setting.ts'

let setting: Setting
beforeAll(async () => {
  setting = await openSetting()
})
afterAll(() => setting.close())

const path = '/v1/payments/webhooks/sandbox'
const nowSeconds = () => Math.floor(Date.now() / 1000)
const about = (orderId: string, given: Partial<Webhook> = {}): Webhook => ({
  ...{ id: newId(), type: 'charge.captured', key: `${orderId}:1`, createdAt: new Date().toISOString() },
  ...given,
})

async function send(body: string, signature?: string, to = path) {
  const headers = { 'content-type': 'application/json', ...(signature && { [WEBHOOK_SIGNATURE]: signature }) }
  const response = await setting.app.request(to, { method: 'POST', headers, body })
  return response.status
}
const signed = (body: string, secret = webhookSecret, seconds = nowSeconds()) =>
  signBody(secret, new TextEncoder().encode(body), seconds)
/** A webhook as the provider sends it. */
const tell = (webhook: Webhook) => send(JSON.stringify(webhook), signed(JSON.stringify(webhook)))

/** A payment that the provider made, and whose answer was lost. */
async function unanswered(token = 'tok_ok') {
  setting.line.lose = 1
  const payment = await setting.pay(placed(token))
  expect(payment.status).toBe('pending')
  return payment
}

const statusOf = async (orderId: string) => (await setting.paymentsOf(orderId)).map(({ status }) => status)
const typesOf = async (orderId: string) => (await setting.said(orderId)).map(({ type }) => type)

describe('a webhook', () => {
  it('settles a payment whose answer was lost, without waiting for the sweep', async () => {
    const { orderId } = await unanswered()
    expect(await tell(about(orderId))).toBe(204)
    expect(await statusOf(orderId)).toEqual(['captured'])
    expect(await typesOf(orderId)).toEqual(['payment_captured'])
    expect(await setting.provider.ledgerOf(orderId)).toHaveLength(1)
  })

  it('is not believed: what the provider answers counts', async () => {
    const { orderId } = await unanswered('tok_declined')
    expect(await tell(about(orderId, { type: 'charge.captured' }))).toBe(204)
    expect(await statusOf(orderId)).toEqual(['failed'])
  })

  it('that comes twice at once, late or out of order has its effect once', async () => {
    const { orderId } = await unanswered()
    const [early, late] = [about(orderId, { type: 'charge.refunded', refundId: newId() }), about(orderId)]
    expect(await Promise.all([tell(early), tell(late), tell(late)])).toEqual([204, 204, 204])
    expect(await tell(late)).toBe(204)
    expect(await tell(about(orderId, { type: 'charge.failed' }))).toBe(204)
    expect(await statusOf(orderId)).toEqual(['captured'])
    expect(await typesOf(orderId)).toEqual(['payment_captured'])
  })

  it('finishes a refund whose answer was lost, once', async () => {
    const { id, orderId } = await setting.pay()
    setting.line.lose = 1
    const { body: refund } = await setting.refund(id, { reason: 'lost' })
    expect(refund.status).toBe('requested')
    const webhook = about(orderId, { type: 'charge.refunded', refundId: refund.id })
    await Promise.all([tell(webhook), tell(webhook)])
    expect(await statusOf(orderId)).toEqual(['refunded'])
    expect(await typesOf(orderId)).toEqual(['payment_captured', 'payment_refunded'])
  })

  it("with another payment's refund touches neither", async () => {
    const [one, other] = [await setting.pay(), await setting.pay()]
    setting.line.cut = 1
    const { body: refund } = await setting.refund(one.id, { reason: 'cut' })
    expect(await tell(about(other.orderId, { type: 'charge.refunded', refundId: refund.id }))).toBe(204)
    expect([await statusOf(one.orderId), await statusOf(other.orderId)]).toEqual([['captured'], ['captured']])
    await setting.sweep()
  })

  it('of nothing that is known is taken and does nothing', async () => {
    const orderId = newId()
    expect(await tell(about(orderId))).toBe(204)
    expect(await setting.paymentsOf(orderId)).toEqual([])
    expect(await setting.provider.ledgerOf(orderId)).toEqual([])
  })

  it('leaves what the provider does not answer to the sweep', async () => {
    const { orderId } = await unanswered()
    setting.line.cut = 1
    expect(await tell(about(orderId))).toBe(204)
    expect(await statusOf(orderId)).toEqual(['pending'])
    await setting.sweep()
    expect(await statusOf(orderId)).toEqual(['captured'])
  })
})

describe('who may send one', () => {
  it.each([
    ['nobody signed', () => undefined],
    ['a stranger signed', (body: string) => signed(body, 'another secret of thirty-two chars')],
    ['was signed ten minutes ago', (body: string) => signed(body, webhookSecret, nowSeconds() - 600)],
    ['was signed for another body', (body: string) => signed(`${body} `)],
  ])('not what %s: it changes nothing', async (_, sign) => {
    const { orderId } = await unanswered()
    const body = JSON.stringify(about(orderId))
    expect(await send(body, sign(body))).toBe(401)
    expect(await statusOf(orderId)).toEqual(['pending'])
    await setting.sweep()
  })

  it('is decided before the body is looked at', async () => {
    expect(await send('{', signed('['))).toBe(401)
    expect(await send('{', signed('{'))).toBe(400)
    expect(await send('{}', signed('{}'))).toBe(400)
  })

  it('and nothing large is read', async () => {
    const large = JSON.stringify({ padding: 'x'.repeat(20_000) })
    expect(await send(large, signed(large))).toBe(413)
  })
})

it('is sent by the real provider: an order whose charge was not answered is paid by it, duplicates and all', async () => {
  const other = await openSetting({ sendsWebhooks: true })
  try {
    const { orderId, id } = await other.pay(placed('tok_timeout_after_charge'))
    const status = async () => (await other.paymentsOf(orderId))[0]?.status
    await expect.poll(status, { timeout: 15_000 }).toBe('captured')
    other.line.lose = 1
    await other.refund(id, { reason: 'lost' })
    await expect.poll(status, { timeout: 15_000 }).toBe('refunded')
    expect((await other.said(orderId)).map(({ type }) => type)).toEqual(['payment_captured', 'payment_refunded'])
  } finally {
    await other.close()
  }
})
