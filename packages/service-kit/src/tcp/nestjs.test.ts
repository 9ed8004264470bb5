import 'reflect-metadata'
import { type AddressInfo, connect, type Server } from 'node:net'
import { Controller, type INestMicroservice, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import {
  ClientTCP,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  RpcException,
  Transport,
} from '@nestjs/microservices'
import { defineRoute, type Event } from '@portico/contracts'
import { lastValueFrom } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createAuthentication } from '../auth/authentication.ts'
import { createServiceTokens } from '../auth/service-token.ts'
import { newEvent } from '../events/new-event.ts'
import { createApp } from '../http/app.ts'
import { CallFailed, CallRefused } from '../http/client.ts'
import { implement } from '../http/implement.ts'
import { newId } from '../ids.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { connectTcp, type TcpClient } from './client.ts'
import { createTcpServer, type TcpServer } from './server.ts'

const secret = 'a secret of thirty-two characters'
const log = createLog('test', 'silent')
const ours = createServiceTokens('product', { calledBy: { payment: secret } })
const theirs = createServiceTokens('payment', { calls: { product: secret } })
const echo = defineRoute({
  id: 'echo',
  method: 'POST',
  path: '/v1/echo/:name',
  summary: 'Says it again',
  access: { services: ['payment'] },
  params: z.object({ name: z.string() }),
  query: z.object({ times: z.coerce.number().int().min(1).max(5).default(1) }),
  body: z.strictObject({ text: z.string() }),
  replies: { 200: z.object({ said: z.array(z.string()), by: z.string() }) },
  errors: ['invalid_request'],
})

describe('a NestJS client', () => {
  let server: TcpServer
  let port: number
  let client: ClientTCP
  let heard: Event[]

  async function start(at = 0): Promise<number> {
    const app = createApp({
      ...{ service: 'product', version: '1', log, metrics: createMetrics('product'), routes: [echo] },
      ...{ required: {}, accepting: () => true },
    })
    implement(app, createAuthentication({ serviceTokens: ours }), echo, async ({ params, query, body, principal }) => ({
      status: 200,
      body: {
        said: Array.from({ length: query.times }, () => `${params.name}: ${body.text}`),
        by: principal.kind === 'service' ? principal.service : '',
      },
    }))
    server = createTcpServer({
      app,
      routes: [echo],
      events: async (event) => void heard.push(event as Event),
      serviceTokens: ours,
      log,
      metrics: createMetrics('product'),
    })
    return server.listen('127.0.0.1', at)
  }

  const ask = async (data: object, pattern: unknown = { cmd: 'echo' }) =>
    lastValueFrom(client.send(pattern, { authorization: await theirs.authorizationFor('product'), ...data }))

  const say = (text: string) => ({ params: { name: 'Ada' }, body: { text } })

  beforeEach(async () => {
    heard = []
    port = await start()
    client = new ClientTCP({ host: '127.0.0.1', port })
  })

  afterEach(async () => {
    client.close()
    await server.close()
  })

  it.each([[{ cmd: 'echo' }], ['echo']])('is answered by the route that %j names', async (pattern) => {
    const answer = await ask({ ...say('hello'), query: { times: 2 } }, pattern)
    expect(answer).toEqual({ said: ['Ada: hello', 'Ada: hello'], by: 'payment' })
  })

  it('gets a problem document where the route refuses', async () => {
    await expect(ask({ params: { name: 'Ada' }, body: {} })).rejects.toMatchObject({
      status: 400,
      errors: [{ field: 'text' }],
    })
    await expect(ask({ ...say('hello'), authorization: 'Bearer nonsense' })).rejects.toMatchObject({ status: 401 })
  })

  it('is told of a pattern that nobody handles, and of data that is none', async () => {
    await expect(ask({}, { cmd: 'nothing' })).rejects.toMatch('no matching message handler')
    await expect(ask({ params: 'Ada' })).rejects.toMatch('The data must be')
  })

  it('may have a thousand calls under way on its connection', async () => {
    const answers = await Promise.all(Array.from({ length: 1000 }, (_, i) => ask(say(`number ${i}`))))
    expect(answers.map(({ said }) => said[0])).toEqual(answers.map((_, i) => `Ada: number ${i}`))
  })

  it('may send and get much, in whatever script, once it has authenticated', async () => {
    await ask(say('hello'))
    const text = '😀ä'.repeat(150_000)
    expect((await ask(say(text))).said[0]).toBe(`Ada: ${text}`)
  })

  it('has its events handled when it may speak for their source', async () => {
    const event = newEvent('payment', 'payment_refunded', {
      ...{ orderId: newId(), attempt: 1, paymentId: newId(), refundId: newId(), reason: 'asked' },
      ...{ amount: eur(5), refunded: eur(5), whole: true, restock: false },
    })
    const authorization = await theirs.authorizationFor('product')
    await lastValueFrom(client.emit('payment_refunded', { event }), { defaultValue: undefined })
    await lastValueFrom(client.emit('payment_refunded', { authorization, event: { ...event, source: '/order' } }), {
      defaultValue: undefined,
    })
    await lastValueFrom(client.emit('payment_refunded', { authorization, event }), { defaultValue: undefined })
    await expect.poll(() => heard).toEqual([event])
    // Events are taken in turn: by now the others were refused.
    await ask(say('still here'))
    expect(heard).toEqual([event])
  })

  it('goes on when the server was restarted', async () => {
    await ask(say('before'))
    await server.close()
    await expect(ask(say('meanwhile'))).rejects.toThrow()
    await start(port)
    expect(await ask(say('after'))).toMatchObject({ said: ['Ada: after'] })
  })

  it('is answered what it asked before the server stopped', async () => {
    const answers = Promise.all(Array.from({ length: 50 }, (_, i) => ask(say(String(i)))))
    await expect.poll(() => client.unwrap()).toBeTruthy()
    const first = await ask(say('first'))
    await server.close()
    expect([first.said, (await answers).length]).toEqual([['Ada: first'], 50])
  })

  it.each(['nonsense', '99999999#', '3#{{{', '2#[]', '4#null', '{"pattern":1}'])(
    'is not troubled by another that sends %j, which is cut off',
    async (bytes) => {
      const broken = connect(port, '127.0.0.1')
      broken.on('error', () => undefined)
      const closed = new Promise((resolve) => broken.once('close', resolve))
      broken.write(bytes)
      await closed
      expect(await ask(say('fine'))).toMatchObject({ said: ['Ada: fine'] })
    },
  )
})

const eur = (amount: number) => ({ amount, currency: 'EUR' })

describe('a NestJS microservice', () => {
  let service: INestMicroservice
  let client: TcpClient
  let port: number
  let heard: unknown[]

  class Stock {
    async echo(data: { authorization: string; params: { name: string }; body: { text: string } }) {
      const by = await ours.verify(data.authorization.replace('Bearer ', ''))
      if (data.body.text === 'refuse') throw new RpcException({ type: 'urn:portico:problem:out-of-stock', status: 409 })
      if (data.body.text === 'fail') throw new Error('on the way')
      if (data.body.text === 'hang') return new Promise(() => undefined)
      if (data.body.text === 'odd') return { nothing: 'of the contract' }
      return { said: [`${data.params.name}: ${data.body.text}`], by }
    }
    heard(data: unknown) {
      heard.push(data)
    }
  }
  decorate(Stock, 'echo', MessagePattern({ cmd: 'echo' }))
  decorate(Stock, 'heard', EventPattern('order_placed'))
  Controller()(Stock)
  class Root {}
  Module({ controllers: [Stock] })(Root)

  async function start(at: number): Promise<INestMicroservice> {
    const nest = await NestFactory.createMicroservice<MicroserviceOptions>(Root, {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: at },
      logger: false,
    })
    await nest.listen()
    return nest
  }

  const ask = async (text: string, timeoutMs = 5000) => {
    const authorization = await theirs.authorizationFor('product')
    const input = { params: { name: 'Ada' }, query: {}, body: { text } }
    return client.call(echo, input, { authorization, requestId: 'r-1', timeoutMs })
  }

  beforeEach(async () => {
    heard = []
    service = await start(0)
    port = (service.unwrap<Server>().address() as AddressInfo).port
    client = connectTcp(`tcp://127.0.0.1:${port}`, log)
  })

  afterEach(async () => {
    client.close()
    await service.close()
  })

  it('answers a call of a route, and sees who calls', async () => {
    expect(await ask('hello')).toMatchObject({ status: 200, body: { said: ['Ada: hello'], by: 'payment' } })
  })

  it('refuses with a problem, and fails in every other way', async () => {
    await expect(ask('refuse')).rejects.toMatchObject({ name: 'CallRefused', status: 409, code: 'out_of_stock' })
    await expect(ask('refuse')).rejects.toBeInstanceOf(CallRefused)
    for (const text of ['fail', 'odd']) await expect(ask(text)).rejects.toBeInstanceOf(CallFailed)
    await expect(ask('hang', 50)).rejects.toThrow('no answer in time')
    const unknown = client.call(
      { ...echo, id: 'unknown' },
      { params: { name: 'Ada' }, query: {}, body: { text: '' } },
      { timeoutMs: 5000 },
    )
    await expect(unknown).rejects.toThrow('no matching message handler')
  })

  it('answers a thousand calls at once over one connection, and large ones', async () => {
    const texts = Array.from({ length: 1000 }, (_, i) => `number ${i}`)
    const answers = await Promise.all(texts.map((text) => ask(text, 20_000)))
    expect(answers.map(({ body }) => body.said[0])).toEqual(texts.map((text) => `Ada: ${text}`))
    const large = '😀ä'.repeat(150_000)
    expect((await ask(large, 20_000)).body.said[0]).toBe(`Ada: ${large}`)
  })

  it('hears events', async () => {
    expect(await client.emit('order_placed', { event: 1 })).toBe(true)
    await expect.poll(() => heard).toEqual([{ event: 1 }])
  })

  it('is called again after it was restarted; calls that were under way fail at once', async () => {
    await ask('before')
    const hanging = ask('hang', 60_000)
    await Promise.all([expect(hanging).rejects.toThrow('the connection was lost'), service.close()])
    await expect(ask('meanwhile')).rejects.toBeInstanceOf(CallFailed)
    expect(await client.emit('order_placed', {})).toBe(false)
    service = await start(port)
    expect((await ask('after')).body.said).toEqual(['Ada: after'])
  })
})

/** A method's decorator applied as a function, since types are only stripped here. */
function decorate(target: { prototype: object }, method: string, decorator: (...args: never[]) => unknown): void {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, method)
  ;(decorator as (...args: unknown[]) => unknown)(target.prototype, method, descriptor)
}
