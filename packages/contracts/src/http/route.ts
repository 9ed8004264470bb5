import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'

/** Who may call: anybody, a signed-in user, a user with the role admin, or these services, each with its own token. */
export type Access = 'public' | 'user' | 'admin' | { readonly services: readonly string[] }

type Shape = z.ZodObject

/**
 * One HTTP route as data. The service's validation, its OpenAPI document, the typed client and the contract tests all
 * come from it. Paths are those of the API's current version; services answer them without `/v1` too.
 */
export interface Route<
  Params extends Shape | undefined = Shape | undefined,
  Query extends Shape | undefined = Shape | undefined,
  Headers extends Shape | undefined = Shape | undefined,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
  Replies extends Record<number, z.ZodType | null> = Record<number, z.ZodType | null>,
> {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Parameters as `:name`. */
  readonly path: string
  readonly summary: string
  readonly access: Access
  readonly params?: Params
  readonly query?: Query
  /** Names in lower case. */
  readonly headers?: Headers
  readonly body?: Body
  /** Status → body; null for none. */
  readonly replies: Replies
  readonly errors: readonly ErrorCode[]
}

export function defineRoute<
  Params extends Shape | undefined = undefined,
  Query extends Shape | undefined = undefined,
  Headers extends Shape | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
  const Replies extends Record<number, z.ZodType | null> = Record<number, z.ZodType | null>,
>(route: Route<Params, Query, Headers, Body, Replies>): Route<Params, Query, Headers, Body, Replies> {
  return route
}

/** A part that the route does not have is undefined; the `?` of an optional member is not meant by that. */
type Part<S> = Exclude<S, undefined>
type Parsed<S> = [Part<S>] extends [never] ? undefined : z.output<Part<S>>

/** What a handler gets: every part of the request, validated. */
export interface Input<R extends Route> {
  readonly params: Parsed<R['params']>
  readonly query: Parsed<R['query']>
  readonly headers: Parsed<R['headers']>
  readonly body: Parsed<R['body']>
}

type Given<Name extends string, S> = [Part<S>] extends [never]
  ? { readonly [K in Name]?: undefined }
  : { readonly [K in Name]: z.input<Part<S>> }

/** What a caller gives. */
export type Call<R extends Route> = Given<'params', R['params']> &
  Given<'query', R['query']> &
  Given<'headers', R['headers']> &
  Given<'body', R['body']>

/** What a route may answer, by status. */
export type Reply<R extends Route> = {
  [Status in keyof R['replies'] & number]: {
    readonly status: Status
    readonly headers?: Readonly<Record<string, string>>
  } & (R['replies'][Status] extends z.ZodType
    ? { readonly body: z.output<R['replies'][Status]> }
    : { readonly body?: undefined })
}[keyof R['replies'] & number]
