import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** A customer at a computer of their own: limits at the gateway count each address apart (Linux answers on all of 127/8). */
export interface Customer {
  call(method: string, path: string, body?: unknown): Promise<Answer>
  place(productId: string): Promise<Answer>
}

function connectFrom(url: string, localAddress: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return (method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : JSON.stringify(body)
      const length =
        sent === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(sent.length) }
      const options = { method, localAddress, agent, headers: { ...headers, ...length } }
      const outgoing = request(new URL(path, url), options, (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: parse(text) }))
        incoming.on('error', reject)
      })
      outgoing.on('error', reject)
      outgoing.end(sent)
    })
}

function parse(text: string): Answer['body'] {
  try {
    return JSON.parse(text) as Answer['body']
  } catch {
    return {}
  }
}

/** Registers and signs in so many customers. @throws Error where the shop refuses one */
export async function newCustomers(url: string, count: number): Promise<Customer[]> {
  const customers: Customer[] = []
  for (let index = 0; index < count; index += 1) {
    const send = connectFrom(url, `127.9.${index >> 8}.${(index & 255) + 1}`)
    const [email, password] = [`bench-${randomUUID()}@example.test`, randomUUID()]
    const registered = await send('POST', '/v1/users', {}, { email, password, name: 'Bench' })
    const session = await send('POST', '/v1/sessions', {}, { email, password })
    if (registered.status !== 201 || session.status !== 201) {
      throw new Error(`the shop answered ${registered.status} to registering and ${session.status} to signing in`)
    }
    const authorization = `Bearer ${session.body.accessToken}`
    customers.push({
      call: (method, path, body) => send(method, path, { authorization }, body),
      place: (productId) =>
        send(
          'POST',
          '/v1/orders',
          { authorization, 'idempotency-key': randomUUID() },
          { items: [{ productId, quantity: 1 }], paymentMethod: { token: 'tok_ok' } },
        ),
    })
  }
  return customers
}
