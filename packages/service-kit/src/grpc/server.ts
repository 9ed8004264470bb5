import type { EventEmitter } from 'node:events'
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { ReflectionService } from '@grpc/reflection'
import type { GrpcMethod, GrpcService } from '@portico/contracts'
import { HealthImplementation, type ServingStatus } from 'grpc-health-check'
import type { z } from 'zod'
import { AppError } from '../app-error.ts'
import type { Principal } from '../auth/principal.ts'
import { invalidRequest } from '../http/field-errors.ts'
import type { Authentication } from '../http/implement.ts'
import { requestIdsOf } from '../http/request-ids.ts'
import type { Log } from '../log.ts'
import { Histogram, type Metrics } from '../metrics.ts'
import { toServiceError } from './codes.ts'
import { definitionOf, readProtos } from './definition.ts'
import { peerOf } from './peer.ts'

export interface GrpcCall {
  readonly principal: Principal | undefined
  readonly requestId: string
  /** The network that the call comes from, see `peerOf`. */
  readonly peer: string
  /** Aborts when the caller has gone or its deadline has passed. */
  readonly signal: AbortSignal
}

type Handler<M extends GrpcMethod> = (
  request: z.output<M['request']>,
  call: GrpcCall,
) => M['streams'] extends true
  ? AsyncIterable<z.input<M['response']>> | Promise<AsyncIterable<z.input<M['response']>>>
  : Promise<z.input<M['response']>>

export type GrpcHandlers<S extends GrpcService> = { readonly [Name in keyof S['methods']]: Handler<S['methods'][Name]> }

export interface GrpcServer {
  /** Serves a service of the contract: who may is decided first, then what was sent is looked at. */
  implement<S extends GrpcService>(service: S, handlers: GrpcHandlers<S>): void
  /** @returns the port listened on */
  listen(host: string, port: number): Promise<number>
  /** Stops being healthy, lets calls that are under way end for a while, and closes. */
  close(): Promise<void>
}

const MAX_MESSAGE_BYTES = 1024 * 1024
const DRAIN_MS = 2000
const KEEPALIVE_MS = 60_000
const KEEPALIVE_TIMEOUT_MS = 20_000
type AnyHandler = (request: unknown, call: GrpcCall) => Promise<unknown> | AsyncIterable<unknown>
type AnyCall = ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>

/** A gRPC server with health checking (`grpc.health.v1`) and reflection; a TLS-terminating gateway stands before it. */
export function createGrpcServer(options: {
  services: readonly GrpcService[]
  authentication: Authentication
  ready: () => Promise<boolean>
  log: Log
  metrics: Metrics
}): GrpcServer {
  const { services, authentication, log } = options
  const protos = readProtos(services)
  const server = new Server({
    'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
    // Ends the streams of clients that vanished without closing their connection.
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  })
  const health = watchHealth(services, options.ready)
  health.addTo(server)
  new ReflectionService(protos).addToServer(server)
  const calls = new Histogram({
    name: 'grpc_call_duration_seconds',
    help: 'How long gRPC calls took, by method and status',
    labelNames: ['method', 'code'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [options.metrics.registry],
  })

  const begin = async (service: GrpcService, method: GrpcMethod, call: AnyCall) => {
    const { requestId } = idsOf(call)
    const principal = await authentication.authenticate(service.access, textIn(call.metadata, 'authorization'))
    const parsed = method.request.safeParse(call.request)
    if (!parsed.success) throw invalidRequest(parsed.error.issues)
    const gone = new AbortController()
    ;(call as EventEmitter).on('cancelled', () => gone.abort())
    const peer = peerOf(call.metadata, call.getPeer())
    return { request: parsed.data, about: { principal, requestId, peer, signal: gone.signal } }
  }

  const failed = (error: unknown, name: string, call: AnyCall) => {
    const status = toServiceError(error)
    if (!(error instanceof AppError)) {
      log.error({ err: error, method: name, requestId: idsOf(call).requestId }, 'unexpected error')
    }
    return status
  }

  const unary =
    (service: GrpcService, name: string, method: GrpcMethod, handler: AnyHandler) =>
    async (call: ServerUnaryCall<unknown, unknown>, answer: sendUnaryData<unknown>) => {
      const end = calls.startTimer({ method: name })
      try {
        const { request, about } = await begin(service, method, call)
        answer(null, await handler(request, about))
        end({ code: '0' })
      } catch (error) {
        const status = failed(error, name, call)
        answer(status)
        end({ code: String(status.code) })
      }
    }

  const streaming =
    (service: GrpcService, name: string, method: GrpcMethod, handler: AnyHandler) =>
    async (call: ServerWritableStream<unknown, unknown>) => {
      try {
        const { request, about } = await begin(service, method, call)
        for await (const message of (await handler(request, about)) as AsyncIterable<unknown>) {
          if (!call.write(message)) await drained(call, about.signal)
          if (about.signal.aborted) return
        }
        call.end()
      } catch (error) {
        call.emit('error', failed(error, name, call))
      }
    }

  return {
    implement(service, handlers) {
      const implementation: UntypedServiceImplementation = {}
      for (const [name, method] of Object.entries(service.methods)) {
        const handler = handlers[name] as unknown as AnyHandler
        const full = `${service.name}/${name}`
        implementation[name] = method.streams
          ? streaming(service, full, method, handler)
          : unary(service, full, method, handler)
      }
      server.addService(definitionOf(service, protos), implementation)
    },
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
          if (error) return reject(error)
          log.info({ host, port: bound }, 'listening for gRPC')
          resolve(bound)
        })
      }),
    async close() {
      health.stop()
      const late = setTimeout(() => server.forceShutdown(), DRAIN_MS)
      await new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
      clearTimeout(late)
    },
  }
}

const HEALTH_EVERY_MS = 1000

/** Keeps the answers of `grpc.health.v1` in step with whether the service is ready. */
function watchHealth(services: readonly GrpcService[], ready: () => Promise<boolean>) {
  const names = ['', ...services.map(({ name }) => name)]
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, 'NOT_SERVING' as const])))
  const tell = (status: ServingStatus) => {
    for (const name of names) health.setStatus(name, status)
  }
  const look = async () => tell((await ready().catch(() => false)) ? 'SERVING' : 'NOT_SERVING')
  const timer = setInterval(() => void look(), HEALTH_EVERY_MS)
  void look()
  return {
    addTo: (server: Server) => health.addToServer(server),
    stop: () => {
      clearInterval(timer)
      tell('NOT_SERVING')
    },
  }
}

const idsOf = ({ metadata }: AnyCall) => requestIdsOf((name) => textIn(metadata, name))

function textIn(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name)[0]
  return typeof value === 'string' ? value : undefined
}

const drained = (call: ServerWritableStream<unknown, unknown>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    call.once('drain', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
