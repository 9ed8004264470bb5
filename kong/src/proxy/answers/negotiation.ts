import type { HeaderList } from '../../headers.ts'

/** The types in which the gateway can tell of an error. */
export type NegotiatedType = 'text/plain' | 'text/html' | 'application/json' | 'application/xml'

const offered: Readonly<Record<string, NegotiatedType>> = {
  'text/html': 'text/html',
  'text/plain': 'text/plain',
  'text/*': 'text/plain',
  'application/json': 'application/json',
  'application/*': 'application/json',
  'application/xml': 'application/xml',
}

/**
 * The type for an error by an Accept value: the highest `q` wins, of equals the first; what is not known is JSON.
 * Names are compared as they stand, as Kong does. Source: Kong 3.9, get_response_type of kong.tools.http.
 */
export function negotiate(accept: string): NegotiatedType {
  let best = 'application/json'
  let bestWeight = 0
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim())
    if (!range.includes('/')) continue
    const weight = weightOf(parameters)
    if (weight > bestWeight) {
      best = range
      bestWeight = weight
    }
  }
  return offered[best] ?? 'application/json'
}

/** Kong looks at three decimals; a `q` that is no number counts as none, which is 1. */
function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const q = /^q=([01](?:\.\d{1,3})?)/.exec(parameter)?.[1]
    if (q !== undefined) return Number(q)
  }
  return 1
}

/** The type of errors that the gateway makes on purpose: by Accept alone, JSON without one. */
export const typeByAccept = (headers: HeaderList): NegotiatedType => negotiate(headers.all('accept').join(', '))

/** The type of nginx's errors: by Accept, else by the request's Content-Type, else as set by `error_default_type`. */
export function typeOfPage(headers: HeaderList, fallback: NegotiatedType): NegotiatedType {
  const accept = headers.all('accept').join(', ')
  if (accept !== '' || headers.has('accept')) return negotiate(accept)
  const contentType = headers.get('content-type')
  return contentType === undefined ? fallback : negotiate(contentType)
}
