/** Sends one request byte for byte as a vector says, and reads one answer with nothing hidden. */
import net from 'node:net'
import type { RawAnswer, RawRequest } from './vector.ts'

const END_OF_HEAD = '\r\n\r\n'

/** @param timeout milliseconds until the answer is `no answer`. */
export function send(port: number, request: RawRequest, timeout = 15_000): Promise<RawAnswer> {
  const bytes = toBytes(request)
  return new Promise((resolve) => {
    const options = { port, host: '127.0.0.1', ...(request.from !== undefined && { localAddress: request.from }) }
    const socket = net.connect(options, () => socket.write(bytes))
    let received = Buffer.alloc(0)
    const finish = (answer: RawAnswer) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => finish(failure('no answer')), timeout)
    const read = (ended: boolean) => {
      const answer = readAnswer(received, request.method ?? 'GET', ended)
      if (answer) finish(answer)
    }
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      read(false)
    })
    socket.on('end', () => read(true))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (received.length > 0) read(true)
      else finish(failure(error.code ?? error.message))
    })
  })
}

const failure = (error: string, body = ''): RawAnswer => ({ status: 0, headers: {}, body, error })

function toBytes(request: RawRequest): Buffer {
  if (request.raw !== undefined) return Buffer.from(request.raw, 'latin1')
  const { method = 'GET', target = '/', headers = [], body = '', http: version = '1.1' } = request
  const names = headers.map(([name]) => name.toLowerCase())
  let head = `${method} ${target} HTTP/${version}\r\n`
  if (!names.includes('host') && request.host !== null) head += `Host: ${request.host ?? 'localhost'}\r\n`
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`
  if (body && !names.includes('content-length') && !names.includes('transfer-encoding')) {
    head += `Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n`
  }
  return Buffer.from(`${head}\r\n${body}`, 'latin1')
}

/** The answer in these bytes, 100 Continue skipped; undefined while more must come. */
function readAnswer(received: Buffer, method: string, ended: boolean): RawAnswer | undefined {
  const end = received.indexOf(END_OF_HEAD)
  if (end < 0) return ended ? failure('closed without an answer', received.toString('latin1')) : undefined
  const [statusLine = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  const rest = received.subarray(end + END_OF_HEAD.length)
  if (status === 100) return readAnswer(rest, method, ended)
  const headers = readHeaders(lines)
  if (method === 'HEAD' || [204, 304, 101].includes(status)) return { status, headers, body: '' }
  const body = readBody(rest, headers, ended)
  return body && { status, headers, ...body }
}

function readHeaders(lines: string[]): Record<string, string[]> {
  const headers: Record<string, string[]> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    headers[name] = [...(headers[name] ?? []), line.slice(colon + 1).trim()]
  }
  return headers
}

type Body = { body: string; error?: string }

function readBody(rest: Buffer, headers: Record<string, string[]>, ended: boolean): Body | undefined {
  if (headers['transfer-encoding']?.[0]?.toLowerCase() === 'chunked') return readChunks(rest, ended)
  const stated = headers['content-length']?.[0]
  if (stated !== undefined && rest.length >= Number(stated)) {
    return { body: rest.subarray(0, Number(stated)).toString('latin1') }
  }
  if (!ended) return undefined
  return { body: rest.toString('latin1'), ...(stated !== undefined && { error: 'cut short' }) }
}

function readChunks(rest: Buffer, ended: boolean): Body | undefined {
  let body = ''
  let at = 0
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at)
    const cutShort = ended ? { body, error: 'cut short' } : undefined
    if (lineEnd < 0) return cutShort
    const size = Number.parseInt(rest.subarray(at, lineEnd).toString('latin1'), 16)
    if (size === 0) return rest.length >= lineEnd + 4 || ended ? { body } : undefined
    const next = lineEnd + 2 + size + 2
    if (rest.length < next) return cutShort
    body += rest.subarray(lineEnd + 2, lineEnd + 2 + size).toString('latin1')
    at = next
  }
}
