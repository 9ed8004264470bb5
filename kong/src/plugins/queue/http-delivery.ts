import http from 'node:http'
import https from 'node:https'

/** Where bodies are sent, and how. Times in milliseconds. */
export interface Destination {
  readonly url: URL
  /** For Basic authorisation, as it is written in the configuration: Kong undoes no percent-encoding. */
  readonly userInfo?: string | undefined
  readonly method: string
  /** Content-Type included. */
  readonly headers: Readonly<Record<string, string>>
  readonly timeout: number
  readonly keepalive: number
  /** Whether an answer of this status means that the body was taken. */
  readonly accepts: (status: number) => boolean
  /** Connections at a time. */
  readonly connections: number
}

/** The server refused a body. */
export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused'
}

/** A way to send bodies to a server over kept connections. Certificates are not verified, as Kong does by default. */
export function createHttpDelivery(destination: Destination): (body: string | Uint8Array) => Promise<void> {
  const { url, method, timeout, keepalive, connections, accepts } = destination
  const secure = url.protocol === 'https:'
  const options = { keepAlive: true, timeout: keepalive, maxSockets: connections }
  const agent = secure ? new https.Agent({ ...options, rejectUnauthorized: false }) : new http.Agent(options)
  const target = {
    agent,
    method,
    timeout,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (secure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
  }
  const headers = { ...authorization(destination.userInfo), ...destination.headers }
  return (body) =>
    new Promise((resolve, reject) => {
      const send = secure ? https.request : http.request
      const request = send({ ...target, headers: { ...headers, 'Content-Length': Buffer.byteLength(body) } })
      request.on('response', (response) => {
        response.resume()
        response.on('error', reject)
        response.on('end', () => {
          const status = response.statusCode ?? 0
          if (accepts(status)) resolve()
          else reject(new DeliveryRefused(`the server answered ${status}`))
        })
      })
      request.on('timeout', () => request.destroy(new Error('the server took too long')))
      request.on('error', reject)
      request.on('socket', (socket) => socket.unref())
      request.end(body)
    })
}

function authorization(userInfo: string | undefined): { Authorization?: string } {
  return userInfo === undefined ? {} : { Authorization: `Basic ${Buffer.from(userInfo).toString('base64')}` }
}
