import { type ErrorCode, errors, type FieldError, type Problem, problemType } from '@portico/contracts'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError } from '../app-error.ts'
import type { Log } from '../log.ts'
import { isDatastoreDown } from './datastore-down.ts'

/** Answers with a problem document (RFC 9457). */
export function sendProblem(
  c: Context,
  code: ErrorCode,
  detail?: string,
  options: { fields?: readonly FieldError[] | undefined; headers?: Readonly<Record<string, string>> | undefined } = {},
): Response {
  const problem = problemOf(code, c.get('correlationId') ?? '', detail, options.fields)
  return c.body(JSON.stringify(problem), problem.status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
    ...options.headers,
  })
}

/** The problem document of a code; without `detail` where that would only repeat the title. */
export function problemOf(
  code: ErrorCode,
  requestId: string,
  detail?: string,
  fields?: readonly FieldError[] | undefined,
): Problem {
  const { status, title } = errors[code]
  return {
    type: problemType(code),
    title,
    status,
    ...(detail && detail !== title && { detail }),
    requestId,
    ...(fields && { errors: [...fields] }),
  }
}

/** Seconds after which a caller may ask again what could not be answered now: about as long as a restart takes. */
const retryLater = { 'retry-after': '2' }

/**
 * The one place where errors become answers: known ones by their code, a datastore that does not answer as unavailable,
 * unknown ones logged whole and answered blandly.
 */
export const onError =
  (log: Log) =>
  (error: Error, c: Context): Response => {
    if (error instanceof AppError) {
      const later = error.code === 'unavailable' ? retryLater : undefined
      return sendProblem(c, error.code, error.message, {
        fields: error.fields,
        headers: { ...later, ...error.headers },
      })
    }
    if (error instanceof HTTPException && error.status === 400) {
      return sendProblem(c, 'invalid_request', undefined, { fields: [{ field: '', message: 'is not valid JSON' }] })
    }
    if (isDatastoreDown(error)) {
      log.warn({ err: error, requestId: c.get('requestId') }, 'the datastore does not answer')
      return sendProblem(c, 'unavailable', undefined, { headers: retryLater })
    }
    log.error({ err: error, requestId: c.get('requestId') }, 'unexpected error')
    return sendProblem(c, 'internal')
  }
