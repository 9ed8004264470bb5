import { randomBytes } from 'node:crypto'

/** Ids are lower-case hex digits here: a trace's 16 bytes, a span's 8. */
export const TRACE_ID_BYTES = 16
export const SPAN_ID_BYTES = 8

export const newTraceId = (): string => randomBytes(TRACE_ID_BYTES).toString('hex')
export const newSpanId = (): string => randomBytes(SPAN_ID_BYTES).toString('hex')

/** Makes an id so many bytes long: its end is kept, or zeros are put before it. */
export function sized(id: string, bytes: number): string {
  return id.length > bytes * 2 ? id.slice(-bytes * 2) : id.padStart(bytes * 2, '0')
}

/** The bytes that hex digits stand for; as in Kong, what is no pair of hex digits stands for itself. */
export function fromHex(text: string): string {
  const even = text.length % 2 === 0 ? text : `0${text}`
  const bytes = even.replace(/[0-9a-f]{2}/gi, (pair) => String.fromCharCode(Number.parseInt(pair, 16)))
  return Buffer.from(bytes, 'latin1').toString('hex')
}

export function fromDecimal(digits: string): string {
  const hex = BigInt(digits).toString(16)
  return hex === '0' ? '' : hex.padStart(hex.length + (hex.length % 2), '0')
}

export const toDecimal = (id: string): string => BigInt(`0x${id || '0'}`).toString()
