/** Clients of a soak: some behave and check every answer, others do not. */
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { faultNames } from './misbehaving-upstream.ts'

/** What a load has come to. */
export interface Tally {
  /** Right answers to requests that had to be answered rightly. */
  right: number
  /** What was answered instead, the first few. */
  readonly wrong: string[]
  /** Requests that ask for a fault, or are faults themselves. */
  faults: number
}

type Client = (port: number, tally: Tally, running: () => boolean) => Promise<void>

const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)] as T

function note(tally: Tally, text: string): void {
  if (tally.wrong.length < 10) tally.wrong.push(text)
}

async function ask(
  agent: http.Agent,
  port: number,
  path: string,
  body?: Buffer,
): Promise<{ status: number; text: string }> {
  const request = http.request({ agent, port, host: '127.0.0.1', path, method: body ? 'POST' : 'GET' })
  request.end(body)
  const [response] = (await once(request, 'response')) as [http.IncomingMessage]
  let text = ''
  response.setEncoding('latin1')
  for await (const chunk of response) text = text.length > 200 ? text : text + chunk
  return { status: response.statusCode ?? 0, text }
}

/** Asks over one kept connection, and checks that each answer is its own. */
const steady: Client = async (port, tally, running) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  for (let i = 0; running(); i++) {
    const path = `/echo/${Math.random()}`
    const body = i % 5 === 0 ? Buffer.alloc(Math.floor(Math.random() * 300_000), 'b') : undefined
    try {
      const { status, text } = await ask(agent, port, path, body)
      if (status === 200 && text === `${path} ${body?.length ?? 0}`) tally.right += 1
      else note(tally, `${path}: ${status} ${text.slice(0, 80)}`)
    } catch (error) {
      note(tally, `${path}: ${error}`)
    }
  }
  agent.destroy()
}

/** Downloads and uploads megabytes. */
const heavy: Client = async (port, tally, running) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  const body = Buffer.alloc(3_000_000, 'u')
  while (running()) {
    const down = await ask(agent, port, '/large').catch((error) => ({ status: 0, text: String(error) }))
    const up = await ask(agent, port, '/slow/up', body).catch((error) => ({ status: 0, text: String(error) }))
    if (down.status === 200 && up.text === `/slow/up ${body.length}`) tally.right += 2
    else note(tally, `large: ${down.status} ${down.text.slice(0, 80)}; ${up.status} ${up.text.slice(0, 80)}`)
  }
  agent.destroy()
}

/** Asks the upstream to misbehave; whatever the answer, it has to come or the connection has to end. */
const provoking: Client = async (port, tally, running) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  while (running()) {
    tally.faults += 1
    await ask(agent, port, `/fault/${pick(faultNames)}`).catch(() => undefined)
  }
  agent.destroy()
}

/** Goes away in the middle: of its head, its body, or the answer. */
const leaving: Client = async (port, tally, running) => {
  const starts = [
    'GET /large HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /slow/x HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /fault/silence HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /echo/cut HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\nonly the start',
    `POST /echo/cut HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n${'c'.repeat(131_072)}`,
    'POST /echo/bad HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'GET /half-a-line',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  ]
  while (running()) {
    tally.faults += 1
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.on('error', () => undefined)
    socket.write(pick(starts), 'latin1')
    await sleep(Math.random() * 30)
    if (Math.random() < 0.5) socket.resetAndDestroy()
    else socket.destroy()
  }
}

/** Keeps a tunnel for a while, says something in it, and checks that it comes back. */
const tunnelling: Client = async (port, tally, running) => {
  while (running()) {
    const socket = net.connect({ port, host: '127.0.0.1' })
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
    })
    socket.write('GET /tunnel HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    while (running() && !socket.closed && !/\r\n\r\n/.test(text)) await sleep(20)
    socket.write('there and back')
    while (running() && !socket.closed && !text.endsWith('there and back')) await sleep(20)
    if (text.endsWith('there and back')) tally.right += 1
    else if (running()) note(tally, `tunnel: ${text.slice(0, 80)}`)
    socket.destroy()
  }
}

const mix: readonly Client[] = [
  steady,
  steady,
  steady,
  steady,
  heavy,
  heavy,
  provoking,
  provoking,
  leaving,
  leaving,
  tunnelling,
]

/** Lets all clients work until `running` says no more. */
export async function load(port: number, tally: Tally, running: () => boolean): Promise<void> {
  await Promise.all(mix.map((client) => client(port, tally, running)))
}
