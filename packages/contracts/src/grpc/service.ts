import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import type { Access } from '../http/route.ts'

/** Where the .proto files stand; the paths of services are below it. */
export const protoRoot = fileURLToPath(new URL('../../proto', import.meta.url))

/** One method: what is checked of a request beyond what protobuf can say, and what is answered. */
export interface GrpcMethod<
  Request extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
  Streams extends boolean = boolean,
> {
  readonly request: Request
  readonly response: Response
  /** Whether it answers with a stream of responses. */
  readonly streams: Streams
}

/** A gRPC service as data, beside its .proto file: messages have the names and types of that, in camel case. */
export interface GrpcService<Methods extends Record<string, GrpcMethod> = Record<string, GrpcMethod>> {
  /** As in the .proto file, such as `portico.stock.v1.Stock`. */
  readonly name: string
  /** Below `protoRoot`. */
  readonly proto: string
  readonly access: Access
  readonly methods: Methods
}

export const defineGrpcService = <Methods extends Record<string, GrpcMethod>>(
  service: GrpcService<Methods>,
): GrpcService<Methods> => service

export const unary = <Request extends z.ZodType, Response extends z.ZodType>(request: Request, response: Response) => ({
  request,
  response,
  streams: false as const,
})

export const serverStream = <Request extends z.ZodType, Response extends z.ZodType>(
  request: Request,
  response: Response,
) => ({ request, response, streams: true as const })
