import type { ErrorCode, FieldError } from '@portico/contracts'
import { AppError } from '../app-error.ts'

/** What zod says about one wrong value, or about several unknown keys. */
export interface Issue {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

const MAX_FIELDS = 20
const MAX_NAME_LENGTH = 100
const MAX_MESSAGE_LENGTH = 200

/**
 * One entry per wrong field, each unknown key included. Only the first 20 are listed, with names and messages shortened,
 * so that a small request cannot ask for a large answer.
 */
export function fieldErrors(issues: readonly Issue[]): FieldError[] {
  const fields: FieldError[] = []
  const add = (path: readonly PropertyKey[], message: string) => {
    const field = shorten(path.map(String).join('.'), MAX_NAME_LENGTH)
    fields.push({ field, message: shorten(message, MAX_MESSAGE_LENGTH) })
  }
  for (const { path, message, keys } of issues) {
    const free = MAX_FIELDS - fields.length
    if (free === 0) break
    if (!keys) add(path, message)
    else for (const key of keys.slice(0, free)) add([...path, key], 'is not a field of this request')
  }
  return fields
}

/** The refusal of a request with wrong fields; its detail says how many are not listed. */
export function invalidRequest(issues: readonly Issue[], code: ErrorCode = 'invalid_request'): AppError {
  const fields = fieldErrors(issues)
  const more = issues.reduce((total, { keys }) => total + (keys?.length ?? 1), 0) - fields.length
  const detail = more > 0 ? `${more} more invalid fields are not listed.` : undefined
  return new AppError(code, detail, { fields })
}

const shorten = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text
