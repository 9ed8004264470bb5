import type { Problem, Route } from '@portico/contracts'
import type { Hono } from 'hono'
import { addressOf } from '../http/client.ts'
import { wasAuthenticated } from '../http/implement.ts'
import { callData } from './packets.ts'

/** What a message is answered with: the body of a success, or a problem document. */
export type Outcome = { readonly response: unknown } | { readonly err: Problem | string }

/** NestJS's own words for a pattern that nobody handles. */
const NO_HANDLER = 'There is no matching message handler defined in the remote service.'

export interface Dispatched {
  readonly outcome: Outcome
  /** Whether the message came with a token that the route accepted. */
  readonly authenticated: boolean
}

const MALFORMED = { err: 'The data must be {authorization, params, query, headers, body}.' }

/**
 * Answers messages by the HTTP routes of the contract: the pattern is the route's id, the data its parts. So
 * authentication, validation, errors and metrics are those of the routes.
 */
export function createDispatch(
  app: Hono,
  routes: readonly Route[],
): (name: string, data: unknown) => Promise<Dispatched> {
  const byId = new Map(routes.map((route) => [route.id, route]))
  return async (name, given) => {
    const route = byId.get(name)
    if (!route) return { outcome: { err: NO_HANDLER }, authenticated: false }
    const request = toRequest(route, given)
    if (!request) return { outcome: MALFORMED, authenticated: false }
    const response = await app.fetch(request)
    const text = await response.text()
    const body: unknown = text === '' ? null : JSON.parse(text)
    return {
      outcome: response.ok ? { response: body } : { err: body as Problem },
      authenticated: wasAuthenticated(request),
    }
  }
}

/** Undefined for data that no HTTP request can carry, such as a header's value with a line break, or a missing id. */
function toRequest(route: Route, given: unknown): Request | undefined {
  const data = callData.safeParse(given ?? {})
  if (!data.success) return undefined
  const { authorization, requestId, headers, body, ...address } = data.data
  try {
    const sent = new Headers()
    for (const [name, value] of Object.entries(headers ?? {})) sent.set(name, String(value))
    if (authorization !== undefined) sent.set('authorization', authorization)
    if (requestId !== undefined) sent.set('x-request-id', requestId)
    if (body !== undefined) sent.set('content-type', 'application/json')
    return new Request(addressOf('http://tcp.invalid', route, address), {
      method: route.method,
      headers: sent,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  } catch {
    return undefined
  }
}
