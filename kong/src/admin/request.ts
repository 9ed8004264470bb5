import type { IncomingHttpHeaders } from 'node:http'

export interface AdminRequest {
  readonly method: string
  /** Decoded segments of the path, a trailing slash aside; `//` is kept as an empty one. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
  /** Lower-case names; the first value of each. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

/** The body is bigger than the Admin API takes. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** What is read of a request, of HTTP/1.1 or of HTTP/2. */
interface Incoming extends AsyncIterable<Buffer> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: IncomingHttpHeaders
}

/** @throws BodyTooLarge */
export async function readAdminRequest(incoming: Incoming, bodyBytes: number): Promise<AdminRequest> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    size += chunk.length
    if (size > bodyBytes) throw new BodyTooLarge()
    chunks.push(chunk)
  }
  const target = incoming.url ?? '/'
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  return {
    method: incoming.method ?? 'GET',
    segments: splitPath(path),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: incoming.headers as Record<string, string | undefined>,
    body: Buffer.concat(chunks),
  }
}

function splitPath(path: string): string[] {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(1, -1) : path.slice(1)
  return trimmed === '' && path.length <= 1 ? [] : trimmed.split('/').map(decode)
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
