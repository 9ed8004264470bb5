import { type ErrorCode, errors, type FieldError, type Problem, problemType } from '@portico/contracts'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { AppError } from '../app-error.ts'
import type { Log } from '../log.ts'

/** Answers with a problem document (RFC 9457). */
export function sendProblem(
  c: Context,
  code: ErrorCode,
  detail?: string,
  options: { fields?: readonly FieldError[] | undefined; headers?: Readonly<Record<string, string>> | undefined } = {},
): Response {
  const problem = problemOf(code, c.get('requestId') ?? '', detail, options.fields)
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

/** The one place where errors become answers: known ones by their code, unknown ones logged whole and answered blandly. */
export const onError =
  (log: Log) =>
  (error: Error, c: Context): Response => {
    if (error instanceof AppError) {
      return sendProblem(c, error.code, error.message, { fields: error.fields, headers: error.headers })
    }
    if (error instanceof HTTPException && error.status === 400) {
      return sendProblem(c, 'invalid_request', undefined, { fields: [{ field: '', message: 'is not valid JSON' }] })
    }
    log.error({ err: error, requestId: c.get('requestId') }, 'unexpected error')
    return sendProblem(c, 'internal')
  }
