import grpc from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testAuthority } from '../../tls/testing.ts'
import { startGrpcServer, TestGrpcClient, type TestGrpcServer, testService } from '../testing/grpc.ts'
import { startProxy, type TestProxy } from '../testing/proxy.ts'

let upstream: TestGrpcServer
let proxy: TestProxy
let port: number
let client: TestGrpcClient
let secureClient: TestGrpcClient
let secureUpstream: TestGrpcServer
const authority = testAuthority('Test CA')

beforeAll(async () => {
  upstream = await startGrpcServer()
  const own = authority.issue(['127.0.0.1'])
  const pair = { private_key: Buffer.from(own.key), cert_chain: Buffer.from(own.cert) }
  secureUpstream = await startGrpcServer(grpc.ServerCredentials.createSsl(null, [pair]))
  const service = { host: '127.0.0.1', protocol: 'grpc', retries: 0 }
  const closed = { name: 'closed', protocols: ['grpc'], headers: { to: ['closed'] } }
  const guarded = {
    name: 'guarded',
    protocols: ['grpc'],
    headers: { to: ['guarded'] },
    plugins: [{ name: 'key-auth' }],
  }
  const terminated = {
    name: 'terminated',
    protocols: ['grpc'],
    headers: { to: ['terminated'] },
    plugins: [{ name: 'request-termination', config: { status_code: 503, message: 'down for cleaning' } }],
  }
  const plain = { name: 'test', protocols: ['grpc'], paths: ['/test.Test/'] }
  const secure = { name: 'secure', protocols: ['grpcs'], headers: { to: ['secure'] } }
  proxy = await startProxy({
    services: [
      {
        ...{ ...service, name: 'over-tls', protocol: 'grpcs', port: secureUpstream.port },
        routes: [{ name: 'over-tls', protocols: ['grpc', 'grpcs'], headers: { to: ['over-tls'] } }],
      },
      { ...service, name: 'up', port: upstream.port, routes: [plain, guarded, terminated, secure] },
      { ...service, name: 'gone', port: 1, routes: [closed] },
    ],
  })
  port = await proxy.server.listen('127.0.0.1', 0, { http2: true })
  client = new TestGrpcClient(port)
  const gateway = authority.issue(['gateway.test'])
  const identity = { cert: [gateway.cert], key: [gateway.key] }
  const securePort = await proxy.server.listen('127.0.0.1', 0, { identity, http2: true })
  secureClient = new TestGrpcClient(securePort, grpc.credentials.createSsl(Buffer.from(authority.cert)), {
    'grpc.ssl_target_name_override': 'gateway.test',
  })
})

afterAll(async () => {
  client.close()
  secureClient.close()
  secureUpstream.close()
  await proxy.close()
  upstream.close()
})

const to = (name: string) => {
  const metadata = new grpc.Metadata()
  metadata.set('to', name)
  return metadata
}

const { path: talk, requestSerialize, responseDeserialize } = testService.talk
const startTalk = (options: grpc.CallOptions = {}) =>
  client.client.makeBidiStreamRequest(talk, requestSerialize, responseDeserialize, options)

describe('gRPC through the gateway', () => {
  it('carries a unary call with its metadata and trailers', async () => {
    const metadata = new grpc.Metadata()
    metadata.set('x-word', 'hello')
    metadata.set('blob-bin', Buffer.from([1, 2, 255]))
    const { answer, status, head } = await client.unary('hi', { metadata })
    expect(answer.toString()).toBe('hi')
    expect(status.metadata.get('x-trailer')).toEqual(['after'])
    expect(status.metadata.get('bytes-bin')).toEqual([Buffer.from([0, 1, 255])])
    expect(head?.get('via')).toEqual(['2 kong/3.9.1'])
    const call = upstream.calls.at(-1)
    expect(call?.metadata).toMatchObject({
      'x-word': 'hello',
      'blob-bin': Buffer.from([1, 2, 255]),
      via: '2 kong/3.9.1',
      'x-forwarded-proto': 'http',
    })
    expect(call?.host).toBe(`127.0.0.1:${upstream.port}`)
  })

  it("passes on the server's own status, in trailers alone too", async () => {
    await expect(client.unary('fail')).rejects.toMatchObject({
      code: grpc.status.FAILED_PRECONDITION,
      details: 'not now – später',
    })
  })

  it('tells of an unknown method as the server does', async () => {
    const call = new Promise((_, reject) => {
      const bytes = (value: Buffer) => value
      client.client.makeUnaryRequest('/test.Test/Nothing', bytes, bytes, Buffer.alloc(0), (error) => reject(error))
    })
    await expect(call).rejects.toMatchObject({ code: grpc.status.UNIMPLEMENTED })
  })

  it('carries messages of megabytes both ways', async () => {
    const large = Buffer.alloc(5_000_000, 'x')
    const { answer } = await client.unary(large)
    expect(answer.equals(large)).toBe(true)
  })

  it("carries a stream of the client's", async () => {
    const { path, requestSerialize, responseDeserialize } = testService.collect
    const total = await new Promise<Buffer | undefined>((resolve, reject) => {
      const call = client.client.makeClientStreamRequest<Buffer, Buffer>(
        path,
        requestSerialize,
        responseDeserialize,
        (error, value) => (error ? reject(error) : resolve(value)),
      )
      for (let i = 0; i < 50; i += 1) call.write(Buffer.alloc(10_000))
      call.end()
    })
    expect(total?.toString()).toBe('500000')
  })

  it("carries a stream of the server's, in order", async () => {
    const { path, requestSerialize, responseDeserialize } = testService.count
    const call = client.client.makeServerStreamRequest<Buffer, Buffer>(
      path,
      requestSerialize,
      responseDeserialize,
      Buffer.from('2000'),
    )
    const seen: number[] = []
    for await (const piece of call) seen.push(Number(String(piece)))
    expect(seen).toEqual(Array.from({ length: 2000 }, (_, i) => i + 1))
  })

  it('lets both sides talk in turns', async () => {
    const call = startTalk()
    const next = () => new Promise<string>((resolve) => call.once('data', (piece: Buffer) => resolve(piece.toString())))
    for (const word of ['one', 'two', 'three']) {
      const answer = next()
      call.write(Buffer.from(word))
      expect(await answer).toBe(word)
    }
    const status = new Promise<grpc.StatusObject>((resolve) => call.once('status', resolve))
    call.on('data', () => undefined)
    call.end()
    expect((await status).code).toBe(grpc.status.OK)
  })

  it('goes over TLS on both sides', async () => {
    const { answer, status } = await secureClient.unary('safe', { metadata: to('over-tls') })
    expect(answer.toString()).toBe('safe')
    expect(status.metadata.get('x-trailer')).toEqual(['after'])
    expect(secureUpstream.calls.at(-1)?.metadata).toMatchObject({ 'x-forwarded-proto': 'https' })
    expect((await secureClient.unary('secret', { metadata: to('secure') })).answer.toString()).toBe('secret')
  })

  it('goes on over a new connection when the server has been started anew', async () => {
    const first = await startGrpcServer()
    const service = {
      name: 's',
      host: '127.0.0.1',
      protocol: 'grpc',
      routes: [{ name: 'r', protocols: ['grpc'], paths: ['/'] }],
    }
    const own = await startProxy({ services: [{ ...service, port: first.port }] })
    const caller = new TestGrpcClient(await own.server.listen('127.0.0.1', 0, { http2: true }))
    try {
      expect((await caller.unary('one')).answer.toString()).toBe('one')
      first.close()
      const second = await startGrpcServer(grpc.ServerCredentials.createInsecure(), first.port)
      expect((await caller.unary('two')).answer.toString()).toBe('two')
      second.close()
    } finally {
      caller.close()
      await own.close()
    }
  })

  it('tells the server when the client cancels', async () => {
    const before = upstream.cancelled
    const call = startTalk()
    call.on('error', () => undefined)
    const answered = new Promise((resolve) => call.once('data', resolve))
    call.write(Buffer.from('hold'))
    await answered
    call.cancel()
    await expect.poll(() => upstream.cancelled, { timeout: 10_000 }).toBeGreaterThan(before)
  })

  it('passes on a deadline, and the client gives up at it', async () => {
    const call = client.unary('hang', { deadline: Date.now() + 500 })
    await expect(call).rejects.toMatchObject({ code: grpc.status.DEADLINE_EXCEEDED })
    expect(upstream.calls.at(-1)?.deadline).not.toBe(Number.POSITIVE_INFINITY)
  })

  it('serves many calls at once over one connection', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => client.unary(`call ${i}`)))
    expect(answers.map(({ answer }) => answer.toString())).toEqual(answers.map((_, i) => `call ${i}`))
  })
})

describe('an error that the gateway makes for a call', () => {
  it.each([
    ['closed', grpc.status.INTERNAL, /^An invalid response was received from the upstream server$/],
    ['guarded', grpc.status.UNAUTHENTICATED, /^Unauthenticated$/],
    ['secure', grpc.status.CANCELLED, /gRPC request matched gRPCs route/],
  ])('has a status of gRPC (%s)', async (name, code, details) => {
    await expect(client.unary('x', { metadata: to(name) })).rejects.toMatchObject({
      code,
      details: expect.stringMatching(details),
    })
  })

  it('names a route that does not exist', async () => {
    const call = new Promise((_, reject) => {
      const bytes = (value: Buffer) => value
      client.client.makeUnaryRequest('/other.Other/Call', bytes, bytes, Buffer.alloc(0), (error) => reject(error))
    })
    await expect(call).rejects.toMatchObject({ code: grpc.status.NOT_FOUND, details: 'NotFound' })
  })
})
