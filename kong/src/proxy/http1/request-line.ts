import { BadRequest } from './bad-request.ts'
import { hasControl } from './control-characters.ts'
import { normalUri } from './normal-uri.ts'

/** The parsed first line of a request. */
export interface RequestLine {
  readonly method: string
  /** The target without scheme and authority, exactly as sent: nginx's `$request_uri`. */
  readonly target: string
  /** The host of a target in absolute form, in lower case and without a port. */
  readonly host: string | undefined
  /** `0.9` has no version on its line and no head; `2.0` has no line. */
  readonly httpVersion: '0.9' | '1.0' | '1.1' | '1.x' | '2.0'
}

const methodStart = /^[A-Z_-]+(?: |$)/
const methodName = /^[A-Z_-]+$/
const version = /^HTTP\/([1-9])(\d*)\.(\d{1,3})$/
const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(\[[A-Za-z0-9:._~!$&'()*+,;=-]*\]|[A-Za-z0-9.-]*)(:\d*)?(?=[/?]|$)(.*)$/s

/**
 * Parses a request line (latin1, without its line end) by nginx's rules.
 * @throws BadRequest 400, or 505 for a major version above 1.
 * Source: nginx 1.25, ngx_http_parse_request_line.
 */
export function parseRequestLine(text: string): RequestLine {
  const afterMethod = text.indexOf(' ')
  const method = text.slice(0, Math.max(afterMethod, 0))
  if (!methodName.test(method)) throw new BadRequest(400, 'no method')
  const start = skipSpaces(text, afterMethod)
  const afterTarget = text.indexOf(' ', start)
  const raw = afterTarget < 0 ? text.slice(start) : text.slice(start, afterTarget)
  const { target, host } = splitTarget(raw)
  if (normalUri(target) === undefined) throw new BadRequest(400, 'broken target')
  const versionText = afterTarget < 0 ? '' : trimSpaces(text.slice(afterTarget))
  return { method, target, host, httpVersion: versionText === '' ? '0.9' : parseVersion(versionText) }
}

/** Whether what has come of a line so far may still become a request line: nginx refuses at the first wrong byte. */
export const mayBeRequestLine = (text: string): boolean => text === '' || methodStart.test(text)

function parseVersion(text: string): RequestLine['httpVersion'] {
  const match = version.exec(text)
  if (!match) throw new BadRequest(/^HTTP\/(?:[2-9]|1\d)/.test(text) ? 505 : 400, 'unknown version')
  const [, major, more, minor] = match
  if (major !== '1' || more !== '') throw new BadRequest(505, 'unsupported version')
  return Number(minor) === 1 ? '1.1' : Number(minor) === 0 ? '1.0' : '1.x'
}

function skipSpaces(text: string, from: number): number {
  let at = from
  while (text.charCodeAt(at) === 0x20) at++
  return at
}

/** Without the spaces around it; no other white space counts. */
export function trimSpaces(text: string): string {
  const start = skipSpaces(text, 0)
  let end = text.length
  while (end > start && text.charCodeAt(end - 1) === 0x20) end--
  return text.slice(start, end)
}

function splitTarget(raw: string): { target: string; host: string | undefined } {
  if (hasControl(raw)) throw new BadRequest(400, 'control character in the target')
  if (raw.startsWith('/')) return { target: raw, host: undefined }
  const match = absolute.exec(raw)
  if (!match) throw new BadRequest(400, 'no valid target')
  const [, host = '', , rest = ''] = match
  return { target: rest === '' ? '/' : rest, host }
}
