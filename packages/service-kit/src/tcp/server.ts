import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Route } from '@portico/contracts'
import type { Hono } from 'hono'
import type { ServiceTokens } from '../auth/service-token.ts'
import { ForgedEvent } from '../events/malformed.ts'
import type { Log } from '../log.ts'
import { Counter, Gauge, type Metrics } from '../metrics.ts'
import { serveConnection, type TcpConnection, type Worked } from './connection.ts'
import { createDispatch } from './dispatch.ts'
import { defaultLimits, type TcpLimits } from './limits.ts'
import { eventData, nameOf, type Packet } from './packets.ts'

export interface TcpServerOptions {
  readonly app: Hono
  /** What messages may name. */
  readonly routes: readonly Route[]
  /** Does what is to be done on an event of the bus. @throws when it is not what the contract says */
  readonly events: (event: unknown) => Promise<void>
  readonly serviceTokens: ServiceTokens
  readonly log: Log
  readonly metrics: Metrics
  readonly limits?: Partial<TcpLimits>
}

export interface TcpServer {
  /** @returns the port listened on */
  listen(host: string, port: number): Promise<number>
  /** Takes no more, lets what was asked be answered, and closes. */
  close(): Promise<void>
}

const DRAIN_MS = 2000

/**
 * Speaks TCP as a NestJS microservice does: message patterns are the ids of the contract's routes, event patterns the
 * types of the bus's events. Many messages may be under way on one connection; answers come as they are ready.
 */
export function createTcpServer(options: TcpServerOptions): TcpServer {
  const { log } = options
  const dispatch = createDispatch(options.app, options.routes)
  const limits = { ...defaultLimits, ...options.limits }
  const connections = new Set<TcpConnection>()
  const openFrom = new Map<string, number>()
  const count = measure(options.metrics, () => connections.size)

  const hear = async (pattern: string, data: unknown): Promise<void> => {
    const { authorization, event } = eventData.parse(data)
    const from = await options.serviceTokens.verify(/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '')
    if (event.source !== `/${from}`) throw new ForgedEvent(`${from} may not speak for ${event.source}`)
    await options.events(event)
    log.debug({ event: pattern }, 'heard over TCP')
  }

  const work = async ({ pattern, data, id }: Packet): Promise<Worked> => {
    const name = nameOf(pattern)
    if (id === undefined) {
      count.inc({ kind: 'event' })
      try {
        await hear(name, data)
        return { accepted: true, authenticated: true }
      } catch (error) {
        log.warn({ err: error, event: name }, 'an event over TCP was refused')
        return { accepted: false, authenticated: false }
      }
    }
    const { outcome, authenticated } = await dispatch(name, data).catch((error) => {
      log.error({ err: error, pattern: name }, 'unexpected error')
      return { outcome: { err: 'internal error' }, authenticated: false }
    })
    const accepted = !('err' in outcome)
    count.inc({ kind: accepted ? 'answered' : 'refused' })
    return { answer: { id, ...outcome, isDisposed: true }, accepted, authenticated }
  }

  const accept = (socket: Socket): void => {
    const from = socket.remoteAddress ?? ''
    const open = openFrom.get(from) ?? 0
    if (open >= limits.connectionsPerAddress) return void socket.destroy()
    openFrom.set(from, open + 1)
    const connection = serveConnection(socket, work, { limits, log })
    connections.add(connection)
    socket.once('close', () => {
      connections.delete(connection)
      const left = (openFrom.get(from) ?? 1) - 1
      if (left > 0) openFrom.set(from, left)
      else openFrom.delete(from)
    })
  }

  const server: Server = createServer(accept)
  server.maxConnections = limits.connections
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
      const closed = new Promise((resolve) => server.close(resolve))
      for (const connection of connections) connection.finish()
      const late = setTimeout(() => {
        for (const connection of connections) connection.destroy()
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
