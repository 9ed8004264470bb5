import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createGateway, type Gateway } from '../gateway.ts'
import { anyBytes, fuzz, fuzzTimeout, mutations } from '../proxy/testing/fuzzing.ts'
import { readSettings } from '../settings.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
let gateway: Gateway
let port: number

beforeAll(async () => {
  gateway = createGateway({ settings: readSettings({ 'admin-listen': '127.0.0.1:0' }, {}), log: silent })
  port = Number((await gateway.listen()).admin)
})

afterAll(() => gateway.close(0))

/** Sends bytes and says that no more follow. @returns all that came back, as latin1 */
async function send(bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  let answer = ''
  socket.on('data', (piece) => {
    answer += piece.toString('latin1')
  })
  socket.end(Buffer.from(bytes, 'latin1'))
  await once(socket, 'close')
  return answer
}

const targets = [
  '/',
  '/status',
  '/config',
  '//[',
  'http://[',
  '*',
  '/services/%',
  '/routes?size=x',
  '/%ff',
  '/x#y',
  '[',
]
const lines = ['', 'Upgrade: websocket\r\nConnection: Upgrade\r\n', 'Content-Type: multipart/form-data; boundary=\r\n']
const requests = fc
  .tuple(
    fc.constantFrom('GET', 'HEAD', 'PATCH', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY'),
    fc.constantFrom(...targets),
    fc.constantFrom(...lines, 'Expect: 100-continue\r\n', 'Content-Length: 5\r\n', 'Transfer-Encoding: chunked\r\n'),
    anyBytes,
  )
  .map(([method, target, line, body]) => `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${line}\r\n${body}`)

it('the Admin API survives any bytes', { timeout: fuzzTimeout }, async () => {
  const sixteen = fc.array(fc.oneof(mutations(requests), anyBytes), { minLength: 16, maxLength: 16 })
  await fuzz('admin', sixteen, async (all) => {
    const answers = await Promise.all(all.map(send))
    for (const [i, answer] of answers.entries()) {
      expect(answer, JSON.stringify(all[i])).toMatch(/^(HTTP\/1\.1 [1-4]\d\d |$)/)
    }
  })
  expect((await fetch(`http://127.0.0.1:${port}/status`)).status).toBe(200)
})
