import type { Problem, Route } from '@portico/contracts'
import type { Hono } from 'hono'
import { addressOf } from '../http/client.ts'
import { type CallData, callData } from './packets.ts'

/** What a message is answered with: the body of a success, or a problem document. */
export type Outcome = { readonly response: unknown } | { readonly err: Problem | string }

/** NestJS's own words for a pattern that nobody handles. */
const NO_HANDLER = 'There is no matching message handler defined in the remote service.'

/**
 * Answers messages by the HTTP routes of the contract: the pattern is the route's id, the data its parts. So
 * authentication, validation, errors and metrics are those of the routes.
 */
export function createDispatch(app: Hono, routes: readonly Route[]): (name: string, data: unknown) => Promise<Outcome> {
  const byId = new Map(routes.map((route) => [route.id, route]))
  return async (name, given) => {
    const route = byId.get(name)
    if (!route) return { err: NO_HANDLER }
    const data = callData.safeParse(given ?? {})
    if (!data.success) return { err: `The data must be {authorization, params, query, headers, body}.` }
    const response = await app.fetch(toRequest(route, data.data))
    const text = await response.text()
    const body: unknown = text === '' ? null : JSON.parse(text)
    return response.ok ? { response: body } : { err: body as Problem }
  }
}

function toRequest(route: Route, { authorization, requestId, headers, body, ...address }: CallData): Request {
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
}
