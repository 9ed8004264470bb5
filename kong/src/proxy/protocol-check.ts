import type { Route } from '../config/entities.ts'
import type { Exit } from '../plugins/plugin.ts'
import { isGrpc } from './grpc.ts'
import type { ReceivedRequest } from './received-request.ts'

/** What the gateway answers to a request that came by another protocol than its route wants; nothing if all is well. */
export function checkProtocol(route: Route, request: ReceivedRequest): Exit | undefined {
  const { protocols } = route
  if (protocols.includes('https') && !protocols.includes('http') && request.forwarded.proto !== 'https') {
    return demandHttps(route.https_redirect_status_code, request)
  }
  if (!protocols.includes('grpc') && !protocols.includes('grpcs')) return undefined
  return demandGrpc(request) ?? (protocols.includes('grpc') ? undefined : demandGrpcs(request))
}

function demandHttps(status: number, { forwarded, target }: ReceivedRequest): Exit {
  if (status !== 426) return { kind: 'nginx', status, headers: { Location: `https://${forwarded.host}${target}` } }
  const headers = { Connection: 'Upgrade', Upgrade: 'TLS/1.2, HTTP/1.1' }
  return { kind: 'error', status, message: 'Please use HTTPS protocol', headers }
}

/** gRPC needs HTTP/2, which plain HTTP/1.1 is not. */
function demandGrpc(request: ReceivedRequest): Exit | undefined {
  if (isGrpc(request)) return undefined
  if (!request.headers.get('content-type')?.startsWith('application/grpc')) {
    return { kind: 'error', status: 415, message: 'Non-gRPC request matched gRPC route' }
  }
  const upgrade = { Connection: 'Upgrade', Upgrade: 'HTTP/2' }
  return { kind: 'error', status: 426, message: 'Please use HTTP2 protocol', headers: upgrade }
}

/** A call in the clear on a route for `grpcs` alone is told so in gRPC's own way. */
function demandGrpcs({ forwarded }: ReceivedRequest): Exit | undefined {
  if (forwarded.proto === 'https') return undefined
  const headers = {
    'content-type': 'application/grpc',
    'grpc-status': '1',
    'grpc-message': 'gRPC request matched gRPCs route',
  }
  return { kind: 'exit', status: 200, headers }
}
