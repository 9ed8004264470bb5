import type { HeaderList } from '../headers.ts'

/** Whether a request is a call of gRPC, which there is over HTTP/2 alone. Source: Kong 3.9, is_grpc_request. */
export const isGrpc = (request: { readonly httpVersion: string; readonly headers: HeaderList }): boolean =>
  request.httpVersion === '2.0' && request.headers.get('content-type')?.startsWith('application/grpc') === true
