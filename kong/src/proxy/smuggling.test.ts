import { once } from 'node:events'
import http2 from 'node:http2'
import type net from 'node:net'
import { describe, expect, it } from 'vitest'
import { bytes, endHeaders, endStream, frame, frameTypes, literalField, opening } from './testing/frames.ts'
import { opener } from './testing/opened.ts'
import { oneService } from './testing/proxy.ts'

/**
 * CVE-2026-6338: Kong up to 3.9.3 takes headers named in Connection away after it has framed the body by them, so that
 * the upstream reads the body as a request of its own (CL.0). The upstream here shows the bytes that it receives.
 */
const { proxy, tcp, client } = opener()

const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\nX: '

/** An upstream that answers each time it has read `smuggled`, or a head without a body, and keeps all it receives. */
async function recorder() {
  const received = { text: '' }
  const { port } = await tcp((socket: net.Socket) => {
    socket.on('data', (bytes) => {
      received.text += bytes.toString('latin1')
      if (!/\r\n\r\n$/.test(received.text) && !received.text.includes(smuggled)) return
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  return { port, received }
}

/** The one request in what an upstream received, read strictly. */
function readOne(text: string): { line: string; header(name: string): string[]; body: string } {
  const end = text.indexOf('\r\n\r\n')
  const [line = '', ...lines] = text.slice(0, end).split('\r\n')
  const header = (name: string) =>
    lines.filter((each) => each.toLowerCase().startsWith(`${name}: `)).map((each) => each.slice(name.length + 2))
  const [length, coding] = [header('content-length'), header('transfer-encoding')]
  expect(length.length + coding.length).toBe(1)
  let body = text.slice(end + 4)
  if (coding.length > 0) {
    const [, size = '', content = ''] = /^([0-9a-f]+)\r\n(.*)\r\n0\r\n\r\n$/s.exec(body) ?? []
    expect(content).toHaveLength(Number.parseInt(size, 16))
    body = content
  } else expect(body).toHaveLength(Number(length[0]))
  return { line, header, body }
}

const named = [
  'Content-Length',
  'content-length, close',
  'Transfer-Encoding, Content-Length',
  'Host',
  'X-Forwarded-For, X-Forwarded-Host, X-Real-IP',
  'Authorization',
  'Host, Content-Length, Transfer-Encoding, X-Forwarded-For, Authorization, Via, X-Kong-Request-Id',
]

const framings = {
  length: `Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
  chunks: `Transfer-Encoding: chunked\r\n\r\n${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
} as const

describe.each(named)('Connection: %s', (connection) => {
  it.each(Object.entries(framings))('does not free the body of its frame by %s over HTTP/1.1', async (_, rest) => {
    const { port, received } = await recorder()
    const { port: at } = await proxy(oneService(port, { retries: 0 }))
    const sender = client(at)
    sender.send(`POST /first HTTP/1.1\r\nHost: shop.test\r\nAuthorization: a\r\nX-Forwarded-For: 192.0.2.1\r\n`)
    sender.send(`Connection: ${connection}\r\n${rest}`)
    expect(await sender.until(/\r\n\r\nok$/)).toMatch(/^HTTP\/1\.1 200 /)
    const { line, header, body } = readOne(received.text)
    expect(line).toBe('POST /first HTTP/1.1')
    expect(body).toBe(smuggled)
    expect(header('host')).toEqual([`127.0.0.1:${port}`])
    expect(header('x-forwarded-host')).toEqual(['shop.test'])
    expect(header('x-real-ip')).toEqual(['127.0.0.1'])
    expect(header('x-forwarded-for').join()).toMatch(/127\.0\.0\.1$/)
    expect(header('x-kong-request-id')).toHaveLength(1)
  })

  it('is no header of HTTP/2: the stream is reset, and nothing reaches the upstream', async () => {
    const { port, received } = await recorder()
    const { server } = await proxy(oneService(port))
    const sender = client(await server.listen('127.0.0.1', 0, { http2: true }))
    // :method POST, :scheme http and :path / of HPACK's static table.
    const length = literalField('content-length', `${smuggled.length}`)
    const head = `\x83\x86\x84${literalField('connection', connection)}${length}`
    sender.send(opening + frame(frameTypes.headers, endHeaders, 1, head))
    sender.send(frame(frameTypes.data, endStream, 1, smuggled))
    // PROTOCOL_ERROR (RFC 9113, 8.2.2).
    const reset = bytes(frame(frameTypes.reset, 0, 1, '\0\0\0\x01'))
    expect(await sender.until(reset)).toMatch(reset)
    expect(received.text).toBe('')
  })
})

it('a body of HTTP/2 reaches the upstream within its frame, though its head names a length', async () => {
  const { port, received } = await recorder()
  const { server } = await proxy(oneService(port))
  const session = http2.connect(`http://127.0.0.1:${await server.listen('127.0.0.1', 0, { http2: true })}`)
  const stream = session.request({ ':method': 'POST', ':path': '/first', 'content-length': smuggled.length })
  stream.end(smuggled)
  stream.resume()
  await once(stream, 'response')
  expect(readOne(received.text)).toMatchObject({ line: 'POST /first HTTP/1.1', body: smuggled })
  session.destroy()
})
