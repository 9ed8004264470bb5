import http from 'node:http'
import https from 'node:https'

/** Where log entries go, and how. Times in milliseconds. */
export interface Destination {
  readonly endpoint: string
  readonly method: string
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeout: number
  readonly keepalive: number
}

/** The log server refused a batch. */
export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused'
}

/** A way to send bodies to a log server over kept connections. The endpoint's query is left out, as Kong does. */
export function createDelivery(destination: Destination): (body: string) => Promise<void> {
  const url = new URL(destination.endpoint)
  const secure = url.protocol === 'https:'
  const options = { keepAlive: true, timeout: destination.keepalive, maxSockets: 1 }
  const agent = secure ? new https.Agent({ ...options, rejectUnauthorized: false }) : new http.Agent(options)
  const { method, timeout } = destination
  const headers = { 'Content-Type': destination.contentType, ...authorization(url), ...destination.headers }
  return (body) =>
    new Promise((resolve, reject) => {
      const send = secure ? https.request : http.request
      const request = send({
        agent,
        method,
        timeout,
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port || (secure ? 443 : 80),
        path: url.pathname,
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      })
      request.on('response', (response) => {
        response.resume()
        response.on('error', reject)
        response.on('end', () => {
          const status = response.statusCode ?? 0
          if (status >= 200 && status < 300) resolve()
          else reject(new DeliveryRefused(`the log server answered ${status}`))
        })
      })
      request.on('timeout', () => request.destroy(new Error('the log server took too long')))
      request.on('error', reject)
      request.on('socket', (socket) => socket.unref())
      request.end(body)
    })
}

function authorization({ username, password }: URL): { Authorization?: string } {
  if (username === '' && password === '') return {}
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { Authorization: `Basic ${Buffer.from(login).toString('base64')}` }
}
