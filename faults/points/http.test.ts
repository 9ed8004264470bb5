import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exchange } from '@portico/service-kit'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { watchHttp } from './http.ts'

const passed: string[] = []
const server = createServer((_, response) => {
  passed.push('asked')
  response.end('{}')
})
const at = (path: string) => new URL(path, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)

beforeAll(async () => {
  watchHttp((side, operation) => passed.push(`${side} ${operation}`))
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
beforeEach(() => void passed.splice(0))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

it.each([
  ['charge.call', '/charges/order:1'],
  ['refund.call', '/charges/order:1/refunds/one'],
  ['hold.call', '/v1/holds/order'],
])('passes %s before the call is made and after it is answered, whoever makes it', async (operation, path) => {
  const around = [`before ${operation}`, 'asked', `after ${operation}`]
  await exchange(at(path), { method: 'PUT', headers: {}, body: '{}', timeoutMs: 10_000 })
  expect(passed).toEqual(around)
  await fetch(at(path), { method: 'PUT', body: '{}' })
  expect(passed).toEqual([...around, ...around])
})

it('takes no notice of other calls', async () => {
  await exchange(at('/v1/orders'), { method: 'GET', headers: {}, timeoutMs: 10_000 })
  expect(passed).toEqual(['asked'])
})
