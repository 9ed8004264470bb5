/** What every list of the API answers. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

/** A header that makes a request have its effect once, however often it is sent. */
export const idempotent = (key: string): Record<string, string> => ({ 'idempotency-key': key })
