import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Exchange } from '../../exchange.ts'
import { decodeBase64 } from '../http/base64.ts'
import { visibleBody } from '../http/visible-body.ts'
import { visibleValues } from '../http/visible-headers.ts'
import type { HmacAuthorization } from './authorization.ts'

/** The text that a client signs: one line for each name. A header that is not there counts as empty. */
function signedText(exchange: Exchange, names: readonly string[]): string {
  return names.map((name) => signedLine(exchange, name)).join('\n')
}

function signedLine({ request, upstream }: Exchange, name: string): string {
  const [value] = visibleValues(upstream.headers, name)
  if (value !== undefined) return `${name}: ${value}`
  if (name === 'request-line') return `${request.method} ${request.target} HTTP/${request.httpVersion}`
  return name === '@request-target' ? `${name}: ${request.method.toLowerCase()} ${request.target}` : `${name}:`
}

/** Whether the signature is that of the secret; compared in constant time. */
export function isSignedWith(secret: string, exchange: Exchange, authorization: HmacAuthorization): boolean {
  const hash = authorization.algorithm.replace('hmac-', '')
  const text = signedText(exchange, authorization.headers)
  return equal(createHmac(hash, secret).update(text, 'latin1').digest(), decodeBase64(authorization.signature))
}

/** Whether the Digest header is that of the body. A request without either needs none; what can't be seen is wrong. */
export async function hasRightDigest(exchange: Exchange): Promise<boolean> {
  const digest = exchange.upstream.headers.get('digest')
  const body = await visibleBody(exchange)
  if (!body) return false
  if (digest === undefined) return body.length === 0
  return digest === `SHA-256=${createHash('sha256').update(body).digest('base64')}`
}

function equal(expected: Buffer, given: Buffer | undefined): boolean {
  return given?.length === expected.length && timingSafeEqual(given, expected)
}
