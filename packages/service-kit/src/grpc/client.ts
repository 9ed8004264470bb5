import { Client, credentials, Metadata, type ServiceError, status as Status } from '@grpc/grpc-js'
import type { GrpcService } from '@portico/contracts'
import type { z } from 'zod'
import type { AppError } from '../app-error.ts'
import { CallFailed } from '../http/client.ts'
import { toAppError } from './codes.ts'
import { definitionOf, readProtos } from './definition.ts'

export interface GrpcCallOptions {
  readonly authorization?: string
  readonly requestId?: string
  /** The deadline, which the server is told. */
  readonly timeoutMs: number
}

/** The other side does not know the method: it may be older, or not ours. */
export class MethodUnknown extends CallFailed {
  override readonly name = 'MethodUnknown'
}

/** The largest answer; a larger one fails with RESOURCE_EXHAUSTED. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024

type Unary<S extends GrpcService> = {
  [Name in keyof S['methods']]: S['methods'][Name]['streams'] extends true ? never : Name
}[keyof S['methods']]

export interface GrpcClient<S extends GrpcService> {
  /**
   * @throws AppError of the contract where the server refuses, MethodUnknown where it can't know, CallFailed where nobody
   * knows what happened
   */
  call<Name extends Unary<S> & string>(
    method: Name,
    request: z.input<S['methods'][Name]['request']>,
    options: GrpcCallOptions,
  ): Promise<z.output<S['methods'][Name]['response']>>
  close(): void
}

/** A client of a gRPC service of the contract, over one connection that mends itself; `grpc://` or `grpcs://`. */
export function createGrpcClient<S extends GrpcService>(service: S, url: string): GrpcClient<S> {
  const { protocol, host } = new URL(url)
  const definition = definitionOf(service, readProtos([service]))
  const channel = protocol === 'grpcs:' ? credentials.createSsl() : credentials.createInsecure()
  const client = new Client(host, channel, {
    // How long to wait before connecting again, so that a restarted server is found at once.
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1000,
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 2000,
    'grpc.max_receive_message_length': MAX_ANSWER_BYTES,
  })
  return {
    call: (name, request, { authorization, requestId, timeoutMs }) => {
      const method = Object.values(definition).find(({ originalName }) => originalName === name)
      const { response } = service.methods[name] as S['methods'][typeof name]
      if (!method) throw new TypeError(`${service.name} has no method ${name}`)
      const metadata = new Metadata()
      if (authorization) metadata.set('authorization', authorization)
      if (requestId) metadata.set('x-request-id', requestId)
      return new Promise((resolve, reject) => {
        client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          metadata,
          { deadline: Date.now() + timeoutMs },
          (error, answer) => {
            if (error) return reject(failure(error, method.path))
            const parsed = response.safeParse(answer)
            if (parsed.success) resolve(parsed.data as z.output<S['methods'][typeof name]['response']>)
            else reject(new CallFailed(`${method.path}: answered outside its contract`, { cause: parsed.error }))
          },
        )
      })
    },
    close: () => client.close(),
  }
}

function failure(error: ServiceError, path: string): AppError | CallFailed {
  if (error.code === Status.UNIMPLEMENTED) return new MethodUnknown(path, { cause: error })
  return toAppError(error) ?? new CallFailed(`${path}: ${Status[error.code] ?? error.code}`, { cause: error })
}
