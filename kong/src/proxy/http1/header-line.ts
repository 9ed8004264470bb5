import { hasControlOrSpace } from './control-characters.ts'
import { trimSpaces } from './request-line.ts'

/** What one header line says: nothing when nginx would drop it, `bad` when the whole message is to be refused. */
export type HeaderLine = { readonly name: string; readonly value: string } | 'dropped' | 'bad'

const plainName = /^[A-Za-z0-9_-]+$/

/**
 * Parses one header line (latin1, without its line feed and the carriage returns before it).
 * A name with other characters than letters, digits, `-` and `_` is dropped; blanks and control characters in it, a
 * zero byte or a bare carriage return in the value are refused. A line without a colon is a header without a value.
 * Source: nginx 1.25, ngx_http_parse_header_line with underscores_in_headers on.
 */
export function parseHeaderLine(line: string): HeaderLine {
  const colon = line.indexOf(':')
  const name = colon < 0 ? line : line.slice(0, colon)
  const value = colon < 0 ? '' : trimSpaces(line.slice(colon + 1))
  const plain = plainName.test(name)
  if (name === '' || (!plain && hasControlOrSpace(name))) return 'bad'
  if (value.includes('\0') || value.includes('\r')) return 'bad'
  return plain ? { name, value } : 'dropped'
}

/** The line without the carriage returns that stand before its line feed. */
export function chompReturns(line: string): string {
  let end = line.length
  while (end > 0 && line.charCodeAt(end - 1) === 0x0d) end--
  return end === line.length ? line : line.slice(0, end)
}
