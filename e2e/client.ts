import { randomUUID } from 'node:crypto'
import { request } from 'node:http'

/** One answer of the API. Its members are what the tests of a field look at; the contract says which come when. */
export interface Answer<Body = unknown> {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Body
}

export interface Ask {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A customer's computer: its loopback address has rate limits of its own. */
export interface Client {
  call<Body>(method: string, path: string, ask?: Ask): Promise<Answer<Body>>
}

let computers = 1

/** A client at an address that no other test calls from (Linux answers on all of 127/8). */
export function newClient(url: string): Client {
  computers += 1
  const localAddress = `127.0.${(computers >> 8) & 255}.${computers & 255}`
  return {
    call: (method, path, { token, body, headers } = {}) =>
      new Promise((resolve, reject) => {
        const sent = body === undefined ? undefined : JSON.stringify(body)
        const outgoing = request(
          new URL(path, url),
          {
            method,
            localAddress,
            agent: false,
            headers: {
              ...(sent !== undefined && {
                'content-type': 'application/json',
                'content-length': Buffer.byteLength(sent),
              }),
              ...(token && { authorization: `Bearer ${token}` }),
              ...headers,
            },
          },
          (incoming) => {
            let text = ''
            incoming.setEncoding('utf8')
            incoming.on('data', (chunk) => {
              text += chunk
            })
            incoming.on('end', () =>
              resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: read(text) as never }),
            )
          },
        )
        outgoing.on('error', reject)
        outgoing.end(sent)
      }),
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const key = (): Record<string, string> => ({ 'idempotency-key': randomUUID() })
