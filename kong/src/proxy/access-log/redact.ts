/** Names of query parameters whose values are secrets, such as `ticket`, `jwt`, `access_token`, `apikey`. */
const secretName =
  /ticket|jwt|token|secret|passw|pwd|credential|session|authorization|api[-_]?key|^(?:key|code|sig|signature|auth)$/i

// Each of these takes linear time: a match starts nowhere inside of what another start has looked at.
const parameter = /([?&;#])([^=&;#?]*)=([^&;#]*)/g
const webToken = /(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w.-]*/g
const userInfo = /^([a-z][a-z\d+.-]*:\/\/)[^/?#@]*@/i

/** A URL or request target without the values of secrets: of parameters by their names, of JWTs by their shape. */
export function redactUrl(text: string): string {
  const start = /[?&;#]|:\/\/|eyJ/.test(text) ? text : undefined
  if (start === undefined) return text
  return start
    .replace(userInfo, '$1[redacted]@')
    .replace(parameter, (all: string, mark: string, name: string) =>
      secretName.test(decoded(name)) ? `${mark}${name}=[redacted]` : all,
    )
    .replace(webToken, '[redacted]')
}

/** A service decodes `%74icket` before it looks for `ticket`. */
function decoded(name: string): string {
  if (!name.includes('%')) return name
  return name.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
