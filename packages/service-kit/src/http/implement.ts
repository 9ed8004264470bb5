import { zValidator } from '@hono/zod-validator'
import type { Access, Input, Reply, Route } from '@portico/contracts'
import type { Context, Env, Hono, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError } from '../app-error.ts'
import type { Principal } from '../auth/principal.ts'
import { type Issue, invalidRequest } from './field-errors.ts'
import { limitBodyTo } from './limit-body.ts'

/** Checks the caller of a request; made by `createAuthentication`. */
export interface Authentication {
  /** @throws AppError unauthenticated or forbidden */
  authenticate(access: Access, authorization: string | undefined): Promise<Principal | undefined>
}

/** What a handler is given besides the validated input. */
export interface Call<R extends Route> extends Input<R> {
  /** Who calls; there on every route that is not public. */
  readonly principal: R['access'] extends 'public' ? undefined : Principal
  readonly requestId: string
  /** The Authorization header as sent, to hand on to another service. */
  readonly authorization: string
  readonly c: Context
}

/** A reply of the route. The status is a type of its own, so that a literal in a handler stays one. */
type Answer<R extends Route, Status> = Extract<Reply<R>, { status: Status }> & { readonly status: Status }

const MAX_BODY_BYTES = 1024 * 1024

type Target = 'param' | 'query' | 'header' | 'json'

/**
 * Serves a route of the contract: who may is decided first (401, 403), then what was sent is looked at (400), then the
 * handler runs. The route answers with and without `/v1`.
 */
export function implement<R extends Route, Status extends keyof R['replies'] & number>(
  app: Hono,
  authentication: Authentication,
  route: R,
  handler: (call: Call<R>) => Promise<Answer<R, Status>>,
): void {
  const steps: MiddlewareHandler[] = [authorise(authentication, route.access)]
  if (route.params) steps.push(validate('param', route.params))
  if (route.query) steps.push(validate('query', route.query))
  if (route.headers) steps.push(validateHeaders(route.headers))
  if (route.body) steps.push(limitBody, requireJson, validate('json', route.body))
  const answer = async (c: Context): Promise<Response> => {
    const valid = (target: Target) => (c.req as unknown as { valid(target: Target): unknown }).valid(target)
    const call = {
      params: route.params && valid('param'),
      query: route.query && valid('query'),
      headers: route.headers && valid('header'),
      body: route.body && valid('json'),
      principal: c.get('principal'),
      requestId: c.get('requestId'),
      authorization: c.req.header('authorization') ?? '',
      c,
    } as unknown as Call<R>
    const reply: { status: number; body?: unknown; headers?: Readonly<Record<string, string>> } = await handler(call)
    // Its own headers say how long a public answer may be kept, or nothing does.
    if (route.access === 'public' && route.method === 'GET') c.header('cache-control', undefined)
    if (reply.body === undefined) return c.body(null, reply.status as ContentfulStatusCode, { ...reply.headers })
    return c.json(reply.body as object, reply.status as ContentfulStatusCode, { ...reply.headers })
  }
  for (const path of pathsOf(route.path)) app.on(route.method, path, ...(steps as [MiddlewareHandler<Env>]), answer)
}

/** The versioned path and its alias. What is below `/v1/admin` has none: `/admin` is the panel, whose pages are there. */
export function pathsOf(path: string): string[] {
  return path.startsWith('/v1/') && !path.startsWith('/v1/admin/') ? [path, path.slice(3)] : [path]
}

const authenticated = new WeakSet<Request>()

/** Whether a route that is not public has accepted the request's token. No status says so: other handlers have theirs. */
export const wasAuthenticated = (request: Request): boolean => authenticated.has(request)

function authorise(authentication: Authentication, access: Access): MiddlewareHandler {
  return async (c, next) => {
    const principal = await authentication.authenticate(access, c.req.header('authorization'))
    c.set('principal', principal)
    if (principal) authenticated.add(c.req.raw)
    await next()
  }
}

const limitBody = limitBodyTo(MAX_BODY_BYTES)

const requireJson: MiddlewareHandler = async (c, next) => {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/([a-z0-9.+-]+\+)?json(\s*;|$)/i.test(type)) throw new AppError('unsupported_media_type')
  await next()
}

function validate(target: Target, schema: NonNullable<Route['body']>): MiddlewareHandler {
  return zValidator(target, schema, (result) => {
    if (!result.success) throw refusal(target, result.error.issues)
  }) as MiddlewareHandler
}

/** Looks at the headers that a route names alone: to gather all of them costs more than the rest of the check. */
function validateHeaders(schema: NonNullable<Route['headers']>): MiddlewareHandler {
  const names = Object.keys(schema.shape)
  return async (c, next) => {
    const result = await schema.safeParseAsync(Object.fromEntries(names.map((name) => [name, c.req.header(name)])))
    if (!result.success) throw refusal('header', result.error.issues)
    c.req.addValidatedData('header', result.data)
    await next()
  }
}

/** A missing Idempotency-Key has a code of its own: clients act on it otherwise than on a wrong field. */
function refusal(target: Target, issues: readonly Issue[]): AppError {
  const keyMissing = target === 'header' && issues.some(({ path }) => path[0] === 'idempotency-key')
  return invalidRequest(issues, keyMissing ? 'idempotency_key_missing' : 'invalid_request')
}
