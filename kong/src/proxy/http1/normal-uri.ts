/**
 * The path of a target as nginx's `$uri` shows it: percent-decoded once, dot segments and double slashes resolved,
 * without query and fragment; undefined where nginx refuses the target (bad encoding, zero byte, above the root).
 * Source: nginx 1.25, ngx_http_parse_complex_uri with merge_slashes on.
 */
export function normalUri(target: string): string | undefined {
  const path = /^[^?#]*/.exec(target)?.[0] ?? ''
  if (!/[%#]|\/[./]/.test(path)) return path === '' ? '/' : path
  if (/%(?![0-9A-Fa-f]{2})|%00/.test(path)) return undefined
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const parts = decoded.split('/').slice(1)
  const kept: string[] = []
  for (const part of parts) {
    if (part === '..' && kept.pop() === undefined) return undefined
    if (part !== '' && part !== '.' && part !== '..') kept.push(part)
  }
  const last = parts.at(-1)
  const open = last === '' || last === '.' || last === '..'
  return kept.length === 0 ? '/' : `/${kept.join('/')}${open ? '/' : ''}`
}
