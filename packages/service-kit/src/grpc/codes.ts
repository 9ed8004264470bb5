import { Metadata, type ServiceError, status as Status } from '@grpc/grpc-js'
import { type ErrorCode, errors, type FieldError } from '@portico/contracts'
import { z } from 'zod'
import { AppError } from '../app-error.ts'

/** Where a refusal's code of ours and its wrong fields stand in the trailing metadata. */
export const CODE = 'portico-code'
export const FIELDS = 'portico-errors-bin'

/** The gRPC status of codes whose HTTP status does not say it well enough. */
const own: Partial<Record<ErrorCode, Status>> = {
  out_of_stock: Status.FAILED_PRECONDITION,
  stock_below_zero: Status.FAILED_PRECONDITION,
  wrong_state: Status.FAILED_PRECONDITION,
  hold_closed: Status.ABORTED,
  request_in_progress: Status.ABORTED,
}

const byHttpStatus: Readonly<Record<number, Status>> = {
  400: Status.INVALID_ARGUMENT,
  401: Status.UNAUTHENTICATED,
  403: Status.PERMISSION_DENIED,
  404: Status.NOT_FOUND,
  409: Status.ALREADY_EXISTS,
  412: Status.FAILED_PRECONDITION,
  422: Status.INVALID_ARGUMENT,
  429: Status.RESOURCE_EXHAUSTED,
  503: Status.UNAVAILABLE,
}

/** An error as a gRPC status that says what happened; an unexpected one says only that. */
export function toServiceError(error: unknown): Partial<ServiceError> {
  if (!(error instanceof AppError)) return { code: Status.INTERNAL, details: errors.internal.title }
  const metadata = new Metadata()
  metadata.set(CODE, error.code)
  if (error.fields) metadata.set(FIELDS, Buffer.from(JSON.stringify(error.fields)))
  const code = own[error.code] ?? byHttpStatus[errors[error.code].status] ?? Status.UNKNOWN
  return { code, details: error.message, metadata }
}

/** The refusal that a status tells of; undefined when it is none of ours, so that nobody knows what happened. */
export function toAppError({ details, metadata }: ServiceError): AppError | undefined {
  const code = metadata?.get(CODE)[0]
  if (typeof code !== 'string' || !Object.hasOwn(errors, code)) return undefined
  const fields = fieldsIn(metadata.get(FIELDS)[0])
  return new AppError(code as ErrorCode, details, fields && { fields })
}

const fieldList = z.array(z.object({ field: z.string(), message: z.string() }))

/** Undefined for anything but a list of fields: the server may be of another make, and its bytes must not throw here. */
function fieldsIn(value: string | Buffer | undefined): FieldError[] | undefined {
  if (!(value instanceof Buffer)) return undefined
  try {
    return fieldList.parse(JSON.parse(value.toString()))
  } catch {
    return undefined
  }
}
