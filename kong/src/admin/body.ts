/** Bodies of the Admin API: JSON, forms, and files in a form. */
import type { AdminRequest } from './request.ts'

/** The type is none that the Admin API reads. */
export class UnsupportedBody extends Error {
  override readonly name = 'UnsupportedBody'
}

/** It says it is JSON and is not. */
export class BadJson extends Error {
  override readonly name = 'BadJson'
}

/** JSON, but no object: Kong fails on it. */
export class NoObject extends Error {
  override readonly name = 'NoObject'
}

type Fields = Readonly<Record<string, unknown>>

/** Whether the values of a body are all texts. */
export const isForm = ({ headers }: AdminRequest): boolean =>
  /application\/x-www-form-urlencoded|multipart\/form-data/.test(headers['content-type'] ?? '')

/** @throws UnsupportedBody, BadJson, NoObject */
export function readFields({ headers, body }: AdminRequest): Fields {
  const type = headers['content-type'] ?? ''
  if (body.length === 0) return {}
  if (type.includes('application/x-www-form-urlencoded')) return nested(new URLSearchParams(body.toString('utf8')))
  if (type.includes('multipart/form-data')) return nested(readMultipart(body, type))
  if (type.includes('application/json')) return readJson(body)
  throw new UnsupportedBody(type)
}

function readJson(body: Buffer): Fields {
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw new BadJson()
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NoObject()
  return value as Fields
}

function* readMultipart(body: Buffer, type: string): Generator<[string, string]> {
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1]
  if (boundary === undefined) return
  for (const part of body.toString('latin1').split(`--${boundary}`).slice(1)) {
    const end = part.indexOf('\r\n\r\n')
    const name = /name="([^"]*)"/.exec(part.slice(0, Math.max(0, end)))?.[1]
    if (end < 0 || name === undefined) continue
    const text = part.slice(end + 4).replace(/\r\n$/, '')
    yield [name, Buffer.from(text, 'latin1').toString('utf8')]
  }
}

/** `a.b=1` and `a[]=x` make tables and lists. */
function nested(pairs: Iterable<[string, string]>): Fields {
  const fields: Record<string, unknown> = {}
  for (const [key, text] of pairs) put(fields, key.split('.'), text)
  return fields
}

function put(into: Record<string, unknown>, [step = '', ...rest]: string[], value: unknown): void {
  const list = /^(.*)\[\d*\]$/.exec(step)?.[1]
  if (list !== undefined) {
    const before = into[list]
    into[list] = Array.isArray(before) ? [...before, value] : [value]
  } else if (rest.length === 0) into[step] = value
  else {
    const below = into[step]
    const table = typeof below === 'object' && below !== null ? (below as Record<string, unknown>) : {}
    into[step] = table
    put(table, rest, value)
  }
}
