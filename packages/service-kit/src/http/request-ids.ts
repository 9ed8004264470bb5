import { newId } from '../ids.ts'

/** How a request is known inside the platform, and to its client. */
export interface RequestIds {
  /**
   * Identifies the request in logs, events and audit entries: the gateway's `X-Kong-Request-Id`, which replaces whatever
   * a client sends under that name. Calls between services carry it as `X-Request-Id`.
   */
  readonly requestId: string
  /** The `X-Request-Id` that the client sees in the answer, and may have chosen itself. */
  readonly correlationId: string
}

/** @param header Returns a header's value by its lower-case name. */
export function requestIdsOf(header: (name: string) => string | undefined): RequestIds {
  const given = header('x-request-id')
  const correlationId = given !== undefined && /^[\w.:#-]{1,128}$/.test(given) ? given : undefined
  const ofGateway = header('x-kong-request-id')
  const isOfGateway = ofGateway !== undefined && /^[0-9a-f]{32}$/.test(ofGateway)
  const requestId = isOfGateway ? ofGateway : (correlationId ?? newId())
  return { requestId, correlationId: correlationId ?? requestId }
}
