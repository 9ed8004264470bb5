import { Agent, request } from 'node:http'

/** One answer of the API; status 0 is none at all. */
export interface Answer<Body = unknown> {
  readonly status: number
  readonly body: Body
}

export interface Ask {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Call = <Body>(method: string, path: string, ask?: Ask) => Promise<Answer<Body>>

const TIMEOUT_MS = 10_000
const NOTHING: Answer<never> = { status: 0, body: undefined as never }

let computers = 0

/** Calls the shop from a loopback address that nobody else calls from, since limits count by address. Never throws. */
export function newComputer(url: string): { call: Call; close: () => void } {
  computers += 1
  const localAddress = `127.1.${(computers >> 8) & 255}.${computers & 255}`
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const call: Call = (method, path, { token, body, headers } = {}) =>
    new Promise((resolve) => {
      const sent = body === undefined ? undefined : JSON.stringify(body)
      const outgoing = request(new URL(path, url), {
        method,
        localAddress,
        agent,
        headers: {
          ...(sent !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
          ...(token && { authorization: `Bearer ${token}` }),
          ...headers,
        },
      })
      const timer = setTimeout(() => outgoing.destroy(new Error('no answer in time')), TIMEOUT_MS)
      const end = (answer: Answer<never>) => {
        clearTimeout(timer)
        resolve(answer)
      }
      outgoing.on('error', () => end(NOTHING))
      outgoing.on('response', (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (piece) => {
          text += piece
        })
        incoming.on('error', () => end(NOTHING))
        incoming.on('end', () => end({ status: incoming.statusCode ?? 0, body: read(text) as never }))
        incoming.on('close', () => end(NOTHING))
      })
      outgoing.end(sent)
    })
  return { call, close: () => agent.destroy() }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
