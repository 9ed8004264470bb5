import type { Route } from '../config/entities.ts'
import type { Exit } from '../plugins/plugin.ts'
import type { ReceivedRequest } from './received-request.ts'

/** What the gateway answers to a request that came by another protocol than its route wants; nothing if all is well. */
export function checkProtocol(route: Route, request: ReceivedRequest): Exit | undefined {
  const { protocols } = route
  if (protocols.includes('https') && !protocols.includes('http') && request.forwarded.proto !== 'https') {
    return demandHttps(route.https_redirect_status_code, request)
  }
  if (protocols.includes('grpc') || protocols.includes('grpcs')) return demandGrpc(request)
  return undefined
}

function demandHttps(status: number, { forwarded, target }: ReceivedRequest): Exit {
  if (status !== 426) return { kind: 'nginx', status, headers: { Location: `https://${forwarded.host}${target}` } }
  const headers = { Connection: 'Upgrade', Upgrade: 'TLS/1.2, HTTP/1.1' }
  return { kind: 'error', status, message: 'Please use HTTPS protocol', headers }
}

/** gRPC needs HTTP/2, which plain HTTP/1.1 is not. */
function demandGrpc({ headers, httpVersion }: ReceivedRequest): Exit | undefined {
  if (!headers.get('content-type')?.startsWith('application/grpc')) {
    return { kind: 'error', status: 415, message: 'Non-gRPC request matched gRPC route' }
  }
  if (httpVersion === '2.0') return undefined
  const upgrade = { Connection: 'Upgrade', Upgrade: 'HTTP/2' }
  return { kind: 'error', status: 426, message: 'Please use HTTP2 protocol', headers: upgrade }
}
