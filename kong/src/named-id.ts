import { v5 } from 'uuid'

/**
 * The UUID that follows from a name in a namespace (RFC 9562, version 5). Half of a surrogate pair in the name counts as
 * U+FFFD, as it does in every text that is written as UTF-8.
 */
export const namedId = (name: string, namespace: string): string => v5(Buffer.from(name, 'utf8'), namespace)
