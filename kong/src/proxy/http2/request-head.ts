import { HeaderList } from '../../headers.ts'
import { BadRequest } from '../http1/bad-request.ts'
import { hasControl } from '../http1/control-characters.ts'
import { normalUri } from '../http1/normal-uri.ts'
import type { RequestHead } from '../http1/request-head.ts'

/** nginx's `large_client_header_buffers`: bytes of one field, and of all together. */
const fieldLimit = 8192
const headLimit = 4 * fieldLimit

/** Names that nginx passes on; the others it leaves out. */
const plainName = /^[a-z0-9_-]+$/

/**
 * Makes a request's head of the fields of a HEADERS frame, as nginx does: `:authority` becomes the Host header, the
 * parts of the cookie are joined. What the rest of the head must be is for `checkHead`.
 * @param lines name, value, name, value, … in order.
 */
export function readHead(lines: readonly string[]): { head: RequestHead; size: number; fault?: BadRequest } {
  const pseudo = new Map<string, string>()
  const fields: string[] = []
  const cookies: string[] = []
  let size = 0
  let largest = 0
  for (let i = 0; i < lines.length; i += 2) {
    const [name = '', value = ''] = [lines[i], lines[i + 1]]
    size += name.length + value.length
    largest = Math.max(largest, name.length + value.length)
    if (name.startsWith(':')) pseudo.set(name, value)
    else if (name === 'cookie') cookies.push(value)
    else if (plainName.test(name)) fields.push(name, value)
  }
  const authority = pseudo.get(':authority')
  const headers = new HeaderList(authority === undefined ? fields : ['host', authority, ...fields])
  if (cookies.length > 0) headers.add('cookie', cookies.join('; '))
  const method = pseudo.get(':method') ?? ''
  const target = pseudo.get(':path') ?? ''
  const head: RequestHead = { method, target, host: undefined, httpVersion: '2.0', headers }
  const fault = size > headLimit || largest > fieldLimit ? new BadRequest(494, 'the head is too large') : faultIn(head)
  return { head: withOneHost(head, authority), size, ...(fault && { fault }) }
}

function faultIn({ method, target }: RequestHead): BadRequest | undefined {
  if (method === 'CONNECT') return new BadRequest(405, 'method not allowed')
  if (!/^[A-Z_-]+$/.test(method)) return new BadRequest(400, 'no method')
  if (!target.startsWith('/') || hasControl(target) || normalUri(target) === undefined) {
    return new BadRequest(400, 'no valid target')
  }
  return undefined
}

/** A Host header beside `:authority` counts for nothing. */
function withOneHost(head: RequestHead, authority: string | undefined): RequestHead {
  if (authority !== undefined && head.headers.all('host').length > 1) head.headers.set('host', authority)
  return head
}
