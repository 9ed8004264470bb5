import { type ErrorCode, errors } from '@portico/contracts'
import { AppError, CallRefused } from '@portico/service-kit'

/** A refusal that is the caller's own affair is passed on as it came; a failure of the other service is not. */
export function refusalOf(error: unknown): AppError | undefined {
  if (!(error instanceof CallRefused) || error.status >= 500 || !Object.hasOwn(errors, error.code)) return undefined
  return new AppError(error.code as ErrorCode, error.problem.detail, {
    cause: error,
    fields: error.problem.errors ?? [],
    ...(error.retryAfter !== undefined && { headers: { 'retry-after': error.retryAfter } }),
  })
}
