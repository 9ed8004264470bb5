import { AppError } from './app-error.ts'

/** Turns the sort values of a page's last item into the opaque `nextCursor`. */
export function encodeCursor(values: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/**
 * Reads a cursor back.
 * @param kinds the types of its values, in order
 * @throws AppError invalid_request when it was not made here
 */
export function decodeCursor(cursor: string, kinds: readonly ('string' | 'number')[]): (string | number)[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (
      Array.isArray(values) &&
      values.length === kinds.length &&
      values.every((value, i) => typeof value === kinds[i])
    ) {
      return values
    }
  } catch {
    // Not JSON: answered below like every other foreign text.
  }
  throw new AppError('invalid_request', undefined, {
    fields: [{ field: 'cursor', message: 'is not a cursor of this list' }],
  })
}
