import { z } from 'zod'
import { listOf } from '../primitives.ts'
import { listMergedAudit } from './audit.ts'
import { operationsRoutes } from './operations.ts'
import { listOrders, order } from './order.ts'
import { defineRoute } from './route.ts'
import { logIn, session, user } from './user.ts'

/** An order with who placed it; `user` is null when user-service did not answer. */
export const mergedOrder = order
  .extend({ user: user.pick({ id: true, email: true, name: true }).nullable() })
  .meta({ id: 'MergedOrder' })
export type MergedOrder = z.infer<typeof mergedOrder>

export const listMergedOrders = defineRoute({
  id: 'listMergedOrders',
  method: 'GET',
  path: '/v1/orders',
  summary: "The caller's own orders merged with user details",
  access: 'user',
  query: listOrders.query,
  replies: {
    200: listOf(mergedOrder)
      .extend({ incomplete: z.array(z.enum(['user'])).meta({ description: 'The parts that did not answer' }) })
      .meta({ id: 'MergedOrders' }),
  },
  errors: ['invalid_request', 'unavailable'],
})

/** What a browser gets of a session: the refresh token stays in a cookie that no script can read. */
export const webSession = session.omit({ refreshToken: true, refreshExpiresIn: true }).meta({ id: 'WebSession' })
export type WebSession = z.infer<typeof webSession>

/** Shows that the page that asks is one of ours: a page of another origin can't send this header without being let. */
const csrf = z.object({ 'x-csrf': z.string().min(1).meta({ description: 'Any value', example: '1' }) })

export const createWebSession = defineRoute({
  id: 'createWebSession',
  method: 'POST',
  path: '/v1/web/sessions',
  summary: 'Log in from a browser; the refresh token goes into an HttpOnly cookie',
  access: 'public',
  headers: csrf,
  body: logIn.body,
  replies: { 201: webSession },
  errors: ['invalid_request', 'forbidden', 'wrong_credentials', 'account_disabled', 'too_many_attempts', 'unavailable'],
})

export const refreshWebSession = defineRoute({
  id: 'refreshWebSession',
  method: 'POST',
  path: '/v1/web/sessions/refresh',
  summary: 'Get a new access token for the cookie, which is renewed as well',
  access: 'public',
  headers: csrf,
  replies: { 200: webSession },
  errors: ['forbidden', 'session_ended', 'unavailable'],
})

export const endWebSession = defineRoute({
  id: 'endWebSession',
  method: 'DELETE',
  path: '/v1/web/sessions',
  summary: 'Log out of the browser: the session ends and the cookie goes',
  access: 'public',
  headers: csrf,
  replies: { 204: null },
  errors: ['forbidden', 'unavailable'],
})

export const storefrontRoutes = [
  listMergedOrders,
  createWebSession,
  refreshWebSession,
  endWebSession,
  listMergedAudit,
  ...operationsRoutes,
] as const
