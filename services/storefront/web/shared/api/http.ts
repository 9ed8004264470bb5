import { ApiError, NetworkError } from './problem.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Ask {
  readonly method?: Method
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** What the browser's own cache may answer. */
  readonly cache?: RequestCache
  /** Finishes even when the page goes away meanwhile. */
  readonly keepalive?: boolean
}

export interface Answer<Body> {
  readonly body: Body
  readonly headers: Headers
}

/** After so long a request is given up. */
const TIMEOUT_MS = 20_000

/**
 * Sends one request of the public API to the origin the page came from.
 * @throws ApiError when the answer is a refusal, NetworkError when none comes, the signal's reason when it aborts
 */
export async function send<Body>(path: string, ask: Ask = {}): Promise<Answer<Body>> {
  const response = await reach(path, ask)
  const text = await response.text().catch((cause) => {
    throw new NetworkError('The answer broke off.', { cause })
  })
  const body = parse(text)
  if (!response.ok) throw new ApiError(response, body)
  return { body: body as Body, headers: response.headers }
}

async function reach(path: string, ask: Ask): Promise<Response> {
  const { method = 'GET', query = {}, body, headers = {}, signal, cache = 'default', keepalive = false } = ask
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    return await fetch(path + searchOf(query), {
      method,
      cache,
      keepalive,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  } catch (cause) {
    signal?.throwIfAborted()
    throw new NetworkError('The shop does not answer. Are you online?', { cause })
  }
}

function searchOf(query: NonNullable<Ask['query']>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return search && `?${search}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
