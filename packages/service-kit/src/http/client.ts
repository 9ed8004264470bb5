import type { Call, Reply, Route } from '@portico/contracts'
import { z } from 'zod'
import { type Answer, AnswerBrokeOff, exchange } from './exchange.ts'

/** Another service did not answer in time, or not with what its contract says. */
export class CallFailed extends Error {
  override readonly name: string = 'CallFailed'
}

/** The other side refused: its problem document's code and all it said. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused'
  readonly status: number
  /** Last part of the problem's `type`, with underscores, such as `out_of_stock`. */
  readonly code: string
  readonly problem: z.infer<typeof problemBody>
  /** When to ask again, as the other side put it. */
  readonly retryAfter: string | undefined

  constructor(status: number, problem: z.infer<typeof problemBody>, retryAfter?: string) {
    super(problem.detail ?? problem.title ?? `answered ${status}`)
    this.status = status
    this.problem = problem
    this.retryAfter = retryAfter
    this.code = (problem.type ?? '').replace(/^.*:/, '').replaceAll('-', '_')
  }
}

/** A problem document, as far as callers look at it. */
export const problemBody = z.looseObject({
  status: z.number().optional(),
  type: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
})

export interface CallOptions {
  readonly authorization?: string
  readonly requestId?: string
  readonly timeoutMs: number
  /** Gives the call up before its time. */
  readonly signal?: AbortSignal | undefined
}

/**
 * A typed client of the routes at one base URL. What comes back is checked against the contract.
 * @throws CallRefused on an answer that is a problem, CallFailed on none or on one outside the contract
 */
export function createClient(baseUrl: string) {
  return async function call<R extends Route>(route: R, input: Call<R>, options: CallOptions): Promise<Reply<R>> {
    const answer = await send(baseUrl, route, input as Parts, options)
    if (!(answer.status in route.replies)) {
      const body = problemBody.safeParse(parse(answer.text))
      throw body.success
        ? new CallRefused(answer.status, body.data, answer.headers['retry-after'])
        : new CallFailed(`${route.id}: answered ${answer.status}`)
    }
    const schema = route.replies[answer.status]
    if (!schema) return { status: answer.status } as unknown as Reply<R>
    const body = schema.safeParse(parse(answer.text))
    if (!body.success) throw new CallFailed(`${route.id}: answered outside its contract`, { cause: body.error })
    return { status: answer.status, body: body.data, headers: answer.headers } as unknown as Reply<R>
  }
}

export type Client = ReturnType<typeof createClient>

/** A call's parts, once their types have been checked against the route. */
interface Parts {
  readonly params?: Readonly<Record<string, unknown>> | undefined
  readonly query?: Readonly<Record<string, unknown>> | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

async function send(baseUrl: string, route: Route, input: Parts, options: CallOptions): Promise<Answer> {
  const { body } = input
  const headers: Record<string, string> = {
    ...input.headers,
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...(options.authorization && { authorization: options.authorization }),
    ...(options.requestId && { 'x-request-id': options.requestId }),
  }
  const { timeoutMs, signal } = options
  const text = body === undefined ? undefined : JSON.stringify(body)
  try {
    return await exchange(addressOf(baseUrl, route, input), {
      method: route.method,
      headers,
      body: text,
      timeoutMs,
      signal,
    })
  } catch (cause) {
    throw new CallFailed(`${route.id}: ${cause instanceof AnswerBrokeOff ? cause.message : 'no answer'}`, { cause })
  }
}

/** A route's address with its parameters and query put in. @throws TypeError where that would lead to another path */
export function addressOf(baseUrl: string, route: Route, input: Pick<Parts, 'params' | 'query'>): URL {
  const params = input.params ?? {}
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => segmentOf(name, params[name]))
  const url = new URL(baseUrl.replace(/\/$/, '') + path)
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url
}

/** One segment of a path. Dots alone would be resolved, even encoded (URL standard, double-dot path segments). */
function segmentOf(name: string, value: unknown): string {
  const segment = encodeURIComponent(String(value ?? ''))
  if (/^\.{0,2}$/.test(segment)) throw new TypeError(`${name} can't be in a path`)
  return segment
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
