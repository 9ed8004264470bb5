import type { AddressInfo } from 'node:net'
import type { Hono } from 'hono'
import type { RegistrationOptions } from './discovery/environment.ts'
import { keepRegistered, type Registration } from './discovery/registration.ts'
import { EnvironmentError } from './environment.ts'
import { createListener } from './http/listener.ts'
import { createLog, type Log } from './log.ts'
import type { WebSocketEndpoint } from './websocket/endpoint.ts'

const GRACE_MS = 4000
const IDLE_CHECK_MS = 20

/** Something to end at shutdown, in the order of the list. */
export interface Closing {
  readonly name: string
  close(): Promise<unknown> | unknown
}

export interface Service {
  readonly app: Hono
  readonly host: string
  readonly port: number
  readonly log: Log
  /** Takes connections that want to be a WebSocket; its sockets are closed before the last request is waited for. */
  readonly webSockets?: WebSocketEndpoint
  /** Where to register it, if anywhere: while it is ready, and no longer once it stops. */
  readonly registration?: RegistrationOptions | undefined
  /** Ended after the last request, in this order: consumers and relays first, the datastore last. */
  readonly closing: readonly Closing[]
}

/** Whether the service still takes work; `/readyz` says so. */
export class Lifecycle {
  readonly #stop = new AbortController()
  /** Given when the shutdown begins. */
  readonly stopping: AbortSignal = this.#stop.signal
  readonly accepting = (): boolean => !this.stopping.aborted
  stop(): void {
    this.#stop.abort()
  }
}

/**
 * Serves until SIGTERM or SIGINT, or until the supervisor that started it is gone: then stops being ready, finishes
 * the requests it has, closes everything and exits 0.
 */
export function serve(service: Service, lifecycle: Lifecycle): void {
  const { app, host, port, log } = service
  let registration: Registration | undefined
  const { webSockets } = service
  const server = createListener(app, { hostname: host, webSockets })
  server.listen(port, host, () => {
    const listening = (server.address() as AddressInfo).port
    log.info({ host, port: listening }, 'listening')
    process.send?.({ type: 'ready', ports: [listening] })
    const isReady = async () => (await app.request('/readyz')).status === 200
    if (service.registration) registration = keepRegistered(service.registration, { port: listening, isReady, log })
  })
  server.on('error', (error) => {
    log.fatal({ err: error }, `can't listen on ${host}:${port}`)
    process.exit(1)
  })
  let stopping = false
  const stop = async (why: string) => {
    if (stopping) return
    stopping = true
    lifecycle.stop()
    log.info({ why }, 'shutting down')
    await registration?.close()
    const forced = setTimeout(() => {
      log.error('could not finish in time')
      process.exit(1)
    }, GRACE_MS)
    forced.unref()
    await webSockets?.close()
    await new Promise<void>((resolve) => {
      // A kept-alive connection becomes idle only after its last answer, and would hold up the end by seconds.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
      server.close(() => {
        clearInterval(idle)
        resolve()
      })
    })
    for (const part of service.closing) {
      await Promise.resolve(part.close()).catch((error) =>
        log.warn({ err: error, part: part.name }, 'did not close well'),
      )
    }
    log.info('stopped')
    process.exit(0)
  }
  process.on('SIGTERM', () => stop('SIGTERM'))
  process.on('SIGINT', () => stop('SIGINT'))
  process.on('disconnect', () => stop('supervisor gone'))
}

/** Runs a service's start; a bad environment or a datastore that does not answer is one line in the log and exit 1. */
export async function run(name: string, start: () => Promise<void>): Promise<void> {
  try {
    await start()
  } catch (error) {
    const log = createLog(name)
    if (error instanceof EnvironmentError) log.fatal(error.message)
    else log.fatal({ err: error }, 'could not start')
    process.exit(1)
  }
}
