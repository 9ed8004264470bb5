import { type ErrorCode, errors, type FieldError } from '@portico/contracts'

/** Something a caller must be told: its code says what, the mapping to HTTP is in `errors` of the contracts. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly fields: readonly FieldError[] | undefined
  /** Headers for the answer, such as Retry-After. */
  readonly headers: Readonly<Record<string, string>> | undefined

  constructor(
    code: ErrorCode,
    detail: string = errors[code].title,
    options: ErrorOptions & { fields?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail, options)
    this.code = code
    this.fields = options.fields
    this.headers = options.headers
  }
}
