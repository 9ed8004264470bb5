import { uuid } from '@portico/contracts'
import { z } from 'zod'
import { AppError } from './app-error.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'

/** A place in a list of things, the newest first: that of one of them. */
export interface Position {
  readonly createdAt: Date
  readonly id: string
}

/** Later dates, which JavaScript has, are errors to datastores. */
const LAST_DATETIME_MS = Date.UTC(9999, 11, 31)

/** The cursor of a page that ends at a place. */
export const cursorAt = ({ createdAt, id }: Position): string => encodeCursor([createdAt.getTime(), id])

/** Where the page of a cursor begins: after this place. @throws AppError invalid_request */
export function positionOf(cursor: string): Position {
  const [createdAt, id] = decodeCursor(cursor, ['number', 'string'])
  const position = z.tuple([z.int().min(0).max(LAST_DATETIME_MS), uuid]).safeParse([createdAt, id])
  if (!position.success) {
    throw new AppError('invalid_request', undefined, {
      fields: [{ field: 'cursor', message: 'is not a cursor of this list' }],
    })
  }
  return { createdAt: new Date(position.data[0]), id: position.data[1] }
}
