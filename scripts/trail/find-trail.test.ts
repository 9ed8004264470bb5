import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findTrail, type Sought } from './find-trail.ts'

const order = '01890000-0000-7000-8000-000000000001'
const other = '01890000-0000-7000-8000-000000000002'
const request = 'a'.repeat(32)
const webhook = 'b'.repeat(32)
const names = ['gateway', 'gateway-access', 'order', 'payment', 'product']

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico trail-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const line = (time: string, msg: string, fields: object) =>
  JSON.stringify({ level: 'info', time: `2026-01-01T00:00:${time}Z`, service: 'x', ...fields, msg })
const access = (seconds: string, asked: string, id: string) =>
  `127.0.0.1 - - [01/Jan/2026:00:00:${seconds} +0000] "${asked} HTTP/1.1" 201 5 "-" "curl" kong_request_id: "${id}"`
const write = (file: string, ...lines: string[]) => writeFileSync(join(folder, file), `${lines.join('\n')}\n`)

async function find(sought: Sought) {
  const { entries } = await findTrail(new Map(names.map((name) => [name, join(folder, `${name}.log`)])), sought)
  return entries.map(({ service, message }) => `${service}: ${message}`)
}

describe('the trail', () => {
  beforeEach(() => {
    write(
      'gateway-access.log',
      access('02', 'POST /v1/orders', request),
      access('04', 'POST /v1/payments/webhooks/sandbox', webhook),
      access('05', `GET /v1/orders/${order}`, 'c'.repeat(32)),
      access('06', `POST /v1/orders/${order}/payments`, 'd'.repeat(32)),
      access('07', 'POST /v1/orders', 'e'.repeat(32)),
    )
    write('gateway.log', `2026-01-01T00:00:01.050Z warn a try failed request_id=${request} ip=127.0.0.1`, 'Ready.', '{')
    write('order.log.1', line('01.100', 'order placed', { orderId: order, attempt: 1, requestId: request }))
    write(
      'order.log',
      line('01.200', 'request', { requestId: request, correlationId: 'seen', route: '/v1/orders', status: 201 }),
      line('03.500', 'event handled', { orderId: order, requestId: request, event: 'payment_captured' }),
      line('03.600', 'event handled', { orderId: other, requestId: 'f'.repeat(32) }),
      line('09.000', 'order expired', { orderId: order }),
    )
    write(
      'payment.log',
      line('03.000', 'payment captured', { orderId: order, requestId: request }),
      line('04.300', 'webhook received', { orderId: order, requestId: webhook }),
      line('04.310', 'request', { requestId: webhook, correlationId: request }),
      '    at async pay (settling.ts:1:1)',
    )
    write('product.log', line('01.080', 'hold answered', { orderId: order, requestId: request }))
  })

  it('of an order has its lines in all logs, and those about the requests that changed it, in order of time', async () => {
    expect(await find({ orderId: order })).toEqual([
      'gateway: request',
      'gateway: a try failed ip=127.0.0.1',
      'product: hold answered',
      'order: order placed',
      'order: request',
      'payment: payment captured',
      'order: event handled',
      'gateway: request',
      'payment: webhook received',
      'payment: request',
      'gateway: request',
      'order: order expired',
    ])
  })

  it('of a request has what happened later because of it, also by the webhook that it caused', async () => {
    const caused = (await find({ orderId: order })).slice(0, -2)
    expect(await find({ requestId: request })).toEqual(caused)
    expect(await find({ requestId: 'seen' })).toEqual(caused)
  })

  it('puts the line of the access log where its request began, though that names a later second', async () => {
    const logs = new Map(names.map((name) => [name, join(folder, `${name}.log`)]))
    const { entries } = await findTrail(logs, { orderId: order })
    const times = entries.map(({ time }) => time)
    expect(times).toEqual(times.toSorted())
    expect(entries[0]).toEqual({
      ...{ time: '2026-01-01T00:00:01.050Z', service: 'gateway', level: 'info', message: 'request' },
      ...{ method: 'POST', path: '/v1/orders', status: 201, requestId: request },
    })
  })

  it('is empty for what no log names', async () => {
    expect(await find({ orderId: '01890000-0000-7000-8000-000000000003' })).toEqual([])
    expect(await find({ requestId: 'a'.repeat(31) })).toEqual([])
  })
})

it('of a request is found by the id that its client saw', async () => {
  write('order.log', line('01.000', 'request', { requestId: 'r-1', correlationId: 'seen' }))
  write(
    'product.log',
    line('00.500', 'hold answered', { requestId: 'r-1' }),
    line('00.600', 'other', { requestId: 'r-2' }),
  )
  expect(await find({ requestId: 'seen' })).toEqual(['product: hold answered', 'order: request'])
})

it('is found in large logs, with lines that are too long, without holding them in memory', async () => {
  const file = createWriteStream(join(folder, 'order.log'))
  const noise = `${line('01.000', 'request', { requestId: 'f'.repeat(32) })}\n`.repeat(1000)
  file.write(`${'x'.repeat(3_000_000)}${order}\n`)
  for (let i = 0; i < 300; i++) file.write(noise)
  file.end(line('02.000', 'order placed', { orderId: order }))
  await finished(file)
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().heapUsed)
  }, 5)
  const before = process.memoryUsage().heapUsed
  expect(await find({ orderId: order })).toEqual(['order: order placed'])
  clearInterval(watch)
  expect(file.bytesWritten).toBeGreaterThan(30_000_000)
  expect(most - before).toBeLessThan(100_000_000)
})

it('keeps a bounded number of entries and counts the rest', async () => {
  const lines = Array.from({ length: 10_050 }, () => line('01.000', 'order placed', { orderId: order }))
  write('order.log', ...lines)
  const { entries, omitted } = await findTrail(new Map([['order', join(folder, 'order.log')]]), { orderId: order })
  expect([entries.length, omitted]).toEqual([10_000, 50])
})
