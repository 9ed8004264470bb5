import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Route } from '@portico/contracts'
import type { Hono } from 'hono'
import type { ServiceTokens } from '../auth/service-token.ts'
import { MalformedEvent } from '../events/consumers.ts'
import type { Log } from '../log.ts'
import { Counter, Gauge, type Metrics } from '../metrics.ts'
import { createDispatch } from './dispatch.ts'
import { FrameReader, frame } from './frames.ts'
import { eventData, nameOf, type Packet, packet } from './packets.ts'

export interface TcpServerOptions {
  readonly app: Hono
  /** What messages may name. */
  readonly routes: readonly Route[]
  /** Does what is to be done on an event of the bus. @throws when it is not what the contract says */
  readonly events: (event: unknown) => Promise<void>
  readonly serviceTokens: ServiceTokens
  readonly log: Log
  readonly metrics: Metrics
}

export interface TcpServer {
  /** @returns the port listened on */
  listen(host: string, port: number): Promise<number>
  /** Takes no more, lets what was asked be answered, and closes. */
  close(): Promise<void>
}

const MAX_CONNECTIONS = 1000
/** Messages of one connection that are worked on at once; the others wait in its socket. */
const MAX_IN_FLIGHT = 256
/** How long the rest of a message may take once it has begun. */
const STALLED_MS = 30_000
const DRAIN_MS = 2000

/**
 * Speaks TCP as a NestJS microservice does: message patterns are the ids of the contract's routes, event patterns the
 * types of the bus's events. Many messages may be under way on one connection; answers come as they are ready.
 */
export function createTcpServer(options: TcpServerOptions): TcpServer {
  const { log } = options
  const dispatch = createDispatch(options.app, options.routes)
  const sockets = new Map<Socket, { inFlight: number }>()
  const count = measure(options.metrics, () => sockets.size)
  let closing = false

  const hear = async (pattern: string, data: unknown): Promise<void> => {
    const { authorization, event } = eventData.parse(data)
    const from = await options.serviceTokens.verify(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '')
    if (event.source !== `/${from}`) throw new MalformedEvent(`${from} may not speak for ${event.source}`)
    await options.events(event)
    log.debug({ event: pattern }, 'heard over TCP')
  }

  /** @returns the answer, nothing for an event: NestJS expects none, and gets none when it fails */
  const work = async ({ pattern, data, id }: Packet): Promise<object | undefined> => {
    const name = nameOf(pattern)
    if (id === undefined) {
      await hear(name, data).catch((error) => log.warn({ err: error, event: name }, 'an event over TCP was refused'))
      count.inc({ kind: 'event' })
      return undefined
    }
    const outcome = await dispatch(name, data).catch((error) => {
      log.error({ err: error, pattern: name }, 'unexpected error')
      return { err: 'internal error' }
    })
    count.inc({ kind: 'err' in outcome ? 'refused' : 'answered' })
    return { id, ...outcome, isDisposed: true }
  }

  const serve = (socket: Socket): void => {
    const state = { inFlight: 0 }
    const frames = new FrameReader()
    sockets.set(socket, state)
    const flow = () => {
      if (closing || state.inFlight >= MAX_IN_FLIGHT || socket.writableNeedDrain) socket.pause()
      else socket.resume()
    }
    const take = async (message: unknown): Promise<void> => {
      const parsed = packet.safeParse(message)
      if (!parsed.success) return void socket.destroy()
      state.inFlight += 1
      const answer = await work(parsed.data)
      state.inFlight -= 1
      if (answer && socket.writable) socket.write(frame(answer))
      if (closing && state.inFlight === 0) socket.end()
      flow()
    }
    socket.setNoDelay(true).setKeepAlive(true, 30_000)
    socket.on('data', (bytes) => {
      try {
        for (const message of frames.read(bytes as Buffer)) void take(message)
      } catch (error) {
        log.warn({ err: error, from: socket.remoteAddress }, 'a broken message over TCP')
        socket.destroy()
      }
      // The timer ends a message that stops in its middle; a quiet connection may stay.
      socket.setTimeout(frames.midMessage ? STALLED_MS : 0)
      flow()
    })
    socket.on('timeout', () => socket.destroy())
    socket.on('drain', flow)
    socket.on('error', (error) => log.debug({ err: error }, 'TCP connection'))
    socket.on('close', () => sockets.delete(socket))
  }

  const server: Server = createServer((socket) => (closing ? socket.destroy() : serve(socket)))
  server.maxConnections = MAX_CONNECTIONS
  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => {
          const listening = (server.address() as AddressInfo).port
          log.info({ host, port: listening }, 'listening for TCP')
          resolve(listening)
        })
      }),
    async close() {
      closing = true
      const closed = new Promise((resolve) => server.close(resolve))
      for (const [socket, { inFlight }] of sockets) {
        socket.pause()
        if (inFlight === 0) socket.end().destroySoon()
      }
      const late = setTimeout(() => {
        for (const socket of sockets.keys()) socket.destroy()
      }, DRAIN_MS)
      await closed
      clearTimeout(late)
    },
  }
}

function measure({ registry }: Metrics, open: () => number): Counter<'kind'> {
  new Gauge({
    name: 'tcp_connections',
    help: 'Open TCP connections',
    registers: [registry],
    collect() {
      this.set(open())
    },
  })
  return new Counter({
    name: 'tcp_messages_total',
    help: 'Messages over TCP',
    labelNames: ['kind'],
    registers: [registry],
  })
}
