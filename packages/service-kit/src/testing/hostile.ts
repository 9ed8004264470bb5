import { connect } from 'node:net'
import fc from 'fast-check'

/** Enough for a server that has nothing else to do. */
const QUIET_MS = 40

/**
 * Sends bytes over a connection of their own, and ends it once the server has been silent for `quietMs` milliseconds.
 *
 * @returns all that the server sent, as latin1; a reset connection ends it like any other.
 */
export function sendBytes(port: number, bytes: string | Uint8Array, quietMs = QUIET_MS): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const quiet = setTimeout(() => {
      // First the end of the sending side, then, where that changes nothing, of the connection.
      if (socket.writableEnded) socket.destroy()
      else quiet.refresh() && socket.end()
    }, quietMs)
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
    socket.on('data', (piece) => {
      answer += piece.toString('latin1')
      quiet.refresh()
    })
    socket.on('error', () => undefined)
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      clearTimeout(quiet)
      resolve(answer)
    })
  })
}

const anyText = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1'))
const printable = fc.string({ unit: fc.constantFrom(...'/\\.;:%#?@[]{}&=aZ09*~|^`"<>'), maxLength: 20 })

const oddTargets = [
  '//[',
  '//',
  '///x',
  '*',
  '[',
  '//[::1',
  'http://[',
  'http://x:99999/',
  '/%',
  '/%ff',
  '/\\',
  '/#',
  '?',
]
const oddValues = ['', '[', 'a b', ':', 'x'.repeat(9000), '\x00', 'null', '%', 'é', '-1', '1e9', '99999999999999999999']
const oddHeaders = [
  'Host',
  'Content-Length',
  'Transfer-Encoding',
  'Cookie',
  'Origin',
  'X-Forwarded-Host',
  'Accept-Encoding',
]
const upgrades = ['', 'Connection: Upgrade\r\nUpgrade: websocket\r\n', 'Connection: Upgrade\r\nUpgrade: h2c\r\n']
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE', 'QUERY', 'get', '']

/** Heads that a parser lets through more often than it should, with bodies that they do not fit. */
const hostileRequest = (paths: readonly string[]) =>
  fc
    .record({
      method: fc.constantFrom(...methods),
      target: fc.oneof(
        fc.constantFrom(...oddTargets, ...paths),
        fc.tuple(fc.constantFrom('/', ...paths), printable).map((parts) => parts.join('')),
        anyText(20),
      ),
      upgrade: fc.constantFrom(...upgrades),
      headers: fc.array(
        fc.tuple(fc.constantFrom(...oddHeaders, 'X'), fc.oneof(fc.constantFrom(...oddValues), printable, anyText(20))),
        { maxLength: 3 },
      ),
      body: fc.oneof(fc.constant(''), fc.constantFrom('{', '5\r\nab', '\x16\x03\x01'), anyText(40)),
    })
    .map(({ method, target, upgrade, headers, body }) => {
      const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      return `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n${upgrade}${lines}Connection: close\r\n\r\n${body}`
    })

/**
 * Sends 320 hostile requests to an HTTP server on loopback, by a fixed seed: odd targets, headers, upgrades and bodies,
 * and bytes that are no request at all. An exception outside the handlers fails the test by itself.
 *
 * @param paths Paths that the server serves, to be spelled oddly too.
 * @throws Error with the smallest request whose answer is neither a status below 500 nor the end of the connection.
 */
export async function sendHostileRequests(port: number, paths: readonly string[]): Promise<void> {
  const request = fc.oneof({ weight: 7, arbitrary: hostileRequest(paths) }, { weight: 1, arbitrary: anyText(200) })
  const property = fc.asyncProperty(fc.array(request, { minLength: 16, maxLength: 16 }), async (requests) => {
    const answers = await Promise.all(requests.map((each) => sendBytes(port, each)))
    for (const [i, answer] of answers.entries()) {
      if (!/^(HTTP\/1\.1 [1-4]\d\d |$)/.test(answer)) {
        throw new Error(`${JSON.stringify(requests[i])} was answered ${JSON.stringify(answer.slice(0, 200))}`)
      }
    }
  })
  await fc.assert(property, { seed: 45, numRuns: 20, endOnFailure: true })
}
