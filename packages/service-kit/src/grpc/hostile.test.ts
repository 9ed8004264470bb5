import { connect } from 'node:http2'
import { Metadata, type ServiceError, status as Status } from '@grpc/grpc-js'
import { stockService } from '@portico/contracts'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAuthentication } from '../auth/authentication.ts'
import { createServiceTokens } from '../auth/service-token.ts'
import { newId } from '../ids.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { sendBytes } from '../testing/index.ts'
import { createGrpcClient, MAX_ANSWER_BYTES } from './client.ts'
import { CODE, FIELDS, toAppError } from './codes.ts'
import { createGrpcServer, type GrpcServer } from './server.ts'

const secret = 'a secret of thirty-two characters'
const log = createLog('test', 'silent')
const authorization = await createServiceTokens('order', { calls: { product: secret } }).authorizationFor('product')
const item = { productId: newId(), quantity: 1, name: 'Lamp', unitPrice: { amount: 1, currency: 'EUR' } }

let server: GrpcServer
let port: number
let nameLength: number

beforeEach(async () => {
  nameLength = 4
  server = createGrpcServer({
    services: [stockService],
    authentication: createAuthentication({
      serviceTokens: createServiceTokens('product', { calledBy: { order: secret } }),
    }),
    ready: async () => true,
    ...{ log, metrics: createMetrics('product') },
  })
  const nothing = async () => ({})
  server.implement(stockService, {
    price: async () => ({ items: [{ ...item, name: 'x'.repeat(nameLength) }] }),
    hold: async () => ({ items: [], expiresAt: '2030-01-01T00:00:00.000Z' }),
    holdAll: async () => ({ answers: [] }),
    ...{ confirm: nothing, release: nothing },
  })
  port = await server.listen('127.0.0.1', 0)
})

afterEach(() => server.close())

async function price() {
  const client = createGrpcClient(stockService, `grpc://127.0.0.1:${port}`)
  const request = { items: [{ productId: item.productId, quantity: 1 }] }
  return client.call('price', request, { authorization, timeoutMs: 10_000 }).finally(() => client.close())
}

/** Calls over HTTP/2 with headers and bytes of any kind. @returns when the stream has ended, well or not */
async function callOddly(calls: readonly { headers: Record<string, string>; body: Uint8Array }[]): Promise<void> {
  const session = connect(`http://127.0.0.1:${port}`).on('error', () => undefined)
  const ended = calls.map(({ headers, body }) => {
    const stream = session.request({ ':method': 'POST', te: 'trailers', ...headers })
    stream.on('error', () => undefined).resume()
    stream.end(body)
    return new Promise<void>((resolve) => stream.once('close', resolve))
  })
  const late = setTimeout(() => session.destroy(), 1000)
  await Promise.all(ended)
  clearTimeout(late)
  session.destroy()
}

const bytes = fc.uint8Array({ maxLength: 60 })
const framed = bytes.chain((body) =>
  fc.constantFrom(0, 1, 255).map((flag) => Buffer.concat([Buffer.from([flag, 0, 0, 0, body.length]), body])),
)
const headers = fc.record(
  {
    ':path': fc.oneof(
      fc.constantFrom(`/${stockService.name}/Hold`, `/${stockService.name}/`, '/', '//', '/toString/constructor'),
      fc.constantFrom('/grpc.health.v1.Health/Check', '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo'),
    ),
    'content-type': fc.constantFrom('application/grpc', 'application/grpc+json', 'text/plain', ''),
    authorization: fc.constantFrom(authorization, 'Bearer', 'Bearer ..', ''),
    'grpc-timeout': fc.constantFrom('1n', '0S', '99999999H', 'x', '-1S'),
    'grpc-encoding': fc.constantFrom('gzip', 'identity', 'odd'),
    'x-request-id': fc.constantFrom('r-1', ' ', 'x'.repeat(2000)),
    'portico-errors-bin': fc.constantFrom('%', '=====', 'AAAA'),
  },
  { requiredKeys: [':path', 'content-type'] },
)

it('survives odd calls, and bytes that are no HTTP/2', async () => {
  const call = fc.record({ headers, body: fc.oneof(framed, bytes) })
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 16, maxLength: 16 }), bytes, async (calls, raw) => {
      const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
      await Promise.all([callOddly(calls), sendBytes(port, raw), sendBytes(port, Buffer.concat([preface, raw]))])
    }),
    { seed: 45, numRuns: 20, endOnFailure: true },
  )
  expect((await price()).items).toHaveLength(1)
})

it('refuses as a client an answer above the limit', async () => {
  nameLength = MAX_ANSWER_BYTES
  await expect(price()).rejects.toThrow('RESOURCE_EXHAUSTED')
})

it.each(['{', 'null', '[{"field":1}]'])('takes a refusal whose fields are %s for one without fields', (fields) => {
  const metadata = new Metadata()
  metadata.set(CODE, 'out_of_stock')
  metadata.set(FIELDS, Buffer.from(fields))
  const error = { code: Status.FAILED_PRECONDITION, details: 'None left.', metadata } as ServiceError
  expect(toAppError(error)).toMatchObject({ code: 'out_of_stock', fields: undefined })
})

it('does not take a refusal with an unknown code for one of the contract', () => {
  const metadata = new Metadata()
  metadata.set(CODE, 'constructor')
  expect(toAppError({ code: Status.UNKNOWN, details: '', metadata } as ServiceError)).toBeUndefined()
})
