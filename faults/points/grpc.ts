import { Client } from '@grpc/grpc-js'
import type { Pass } from './passage.ts'

type Unary = (path: string, ...rest: unknown[]) => unknown

/** Calls of product-service over gRPC. */
export function watchGrpc(pass: Pass): void {
  const client = Client.prototype as unknown as { makeUnaryRequest: Unary }
  const send = client.makeUnaryRequest
  client.makeUnaryRequest = function (path, ...rest) {
    if (!/\/Hold(All)?$/.test(path)) return send.call(this, path, ...rest)
    const answered = rest.pop() as (...answer: unknown[]) => void
    pass('before', 'hold.call')
    return send.call(this, path, ...rest, (...answer: unknown[]) => {
      pass('after', 'hold.call')
      answered(...answer)
    })
  }
}
