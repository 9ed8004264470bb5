import { randomBytes } from 'node:crypto'
import type { Configuration } from '../config/configuration.ts'
import type { Consumer, Route, Service } from '../config/entities.ts'
import type { ClientResponse, Credential, Exchange, Timings, Try, UpstreamRequest, Worker } from '../exchange.ts'
import type { RouteMatch } from '../router/router.ts'
import type { ReceivedRequest } from './received-request.ts'

/** The exchange of a request that has just been read. */
export class LiveExchange implements Exchange {
  readonly id = requestId()
  readonly startedAt: number
  readonly startedTick: number
  readonly configuration: Configuration
  readonly worker: Worker
  readonly request: ReceivedRequest
  readonly upstream: UpstreamRequest
  response: ClientResponse | undefined = undefined
  match: RouteMatch | undefined = undefined
  route: Route | undefined = undefined
  service: Service | undefined = undefined
  consumer: Consumer | undefined = undefined
  credential: Credential | undefined = undefined
  authenticatedGroups: readonly string[] | undefined = undefined
  readonly timings: Timings = {
    accessEnd: undefined,
    upstreamStart: undefined,
    upstreamHeaders: undefined,
    upstreamEnd: undefined,
  }
  readonly tries: Try[] = []
  readonly traffic = { received: 0, sent: 0 }
  readonly shared = new Map<string, unknown>()
  source: 'service' | 'exit' | 'error' = 'error'

  constructor(request: ReceivedRequest, configuration: Configuration, worker: Worker, startedTick: number) {
    this.request = request
    this.configuration = configuration
    this.worker = worker
    this.startedTick = startedTick
    this.startedAt = worker.now()
    this.upstream = {
      method: request.method,
      path: request.rawPath,
      query: request.rawQuery,
      scheme: 'http',
      headers: request.headers.clone(),
      body: undefined,
      hostHeader: undefined,
    }
  }
}

let pool = ''
let poolAt = 0
const poolIds = 128

/** 32 random hex digits; made in batches, since asking for few bytes costs as much as asking for many. */
function requestId(): string {
  if (poolAt >= pool.length) {
    pool = randomBytes(16 * poolIds).toString('hex')
    poolAt = 0
  }
  poolAt += 32
  return pool.slice(poolAt - 32, poolAt)
}
