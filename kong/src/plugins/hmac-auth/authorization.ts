/** What an `hmac` Authorization header says. */
export interface HmacAuthorization {
  readonly username: string
  readonly algorithm: string
  /** The names that were signed, in order. */
  readonly headers: readonly string[]
  /** Base64. */
  readonly signature: string
}

const FORM = /[Hh]mac\s*username="(.+)",\s*algorithm="(.+)",\s*headers="(.+)",\s*signature="(.+)"/

export function readAuthorization(value: string | undefined): HmacAuthorization | undefined {
  const [, username, algorithm, headers, signature] = FORM.exec(value ?? '') ?? []
  if (!username || !algorithm || !headers || !signature) return undefined
  return { username, algorithm, headers: headers.split(' '), signature }
}
