import type { ErrorCode, FieldError } from '@portico/contracts'

/** The API said no, with a problem document (RFC 9457) or in the gateway's own form. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** Last part of the problem's `type`, with underscores; undefined for an answer of the gateway itself. */
  readonly code: ErrorCode | undefined
  readonly fields: readonly FieldError[]
  /** How long to wait before the next try (Retry-After), where the answer says so. */
  readonly retryAfterSeconds: number | undefined
  readonly requestId: string | undefined

  constructor(response: Response, body: unknown) {
    const problem = isRecord(body) ? body : {}
    super(textOf(problem.detail) ?? textOf(problem.title) ?? textOf(problem.message) ?? `Answered ${response.status}`)
    this.status = response.status
    this.code = textOf(problem.type)?.replace(/^.*:/, '').replaceAll('-', '_') as ErrorCode | undefined
    this.fields = Array.isArray(problem.errors) ? problem.errors.filter(isFieldError) : []
    this.retryAfterSeconds = secondsOf(response.headers.get('retry-after') ?? response.headers.get('ratelimit-reset'))
    this.requestId = response.headers.get('x-request-id') ?? undefined
  }
}

/** No answer came: nobody knows whether the request had its effect. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError'
}

/** Whether the same request may well succeed later: nothing was wrong with it. */
export const mayPass = (error: unknown): boolean =>
  error instanceof NetworkError || (error instanceof ApiError && (error.status >= 500 || error.status === 429))

export const retryAfterOf = (error: unknown): number | undefined =>
  error instanceof ApiError && (error.status === 429 || error.status === 503) ? error.retryAfterSeconds : undefined

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value.field === 'string' && typeof value.message === 'string'
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** Seconds; the date form of Retry-After is taken too. */
function secondsOf(value: string | null): number | undefined {
  if (value === null) return undefined
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined
}
