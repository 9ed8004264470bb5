import { type Args, valuesOf } from './args.ts'

/** One part of a multipart body; `head` are its header lines as they came. */
export interface Part {
  readonly name: string | undefined
  readonly head: readonly string[]
  readonly value: string
}

/** The boundary that a Content-Type names. */
export function boundaryOf(contentType: string): string | undefined {
  const [, quoted, plain] = /boundary=(?:"([^"]*)"|([^;\s]+))/i.exec(contentType) ?? []
  return quoted ?? plain
}

/** Takes a multipart body apart; what stands before the first boundary and after the last is dropped. */
export function parseMultipart(body: string, boundary: string): readonly Part[] {
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1)
  return pieces.filter((piece) => !piece.startsWith('--')).map((piece) => readPart(piece.replace(/^[ \t]*\r\n/, '')))
}

function readPart(piece: string): Part {
  const end = piece.startsWith('\r\n') ? 0 : piece.indexOf('\r\n\r\n')
  const head = end <= 0 ? [] : piece.slice(0, end).split('\r\n')
  const value = end < 0 ? '' : piece.slice(end + (end === 0 ? 2 : 4))
  const disposition = head.find((line) => /^content-disposition:/i.test(line)) ?? ''
  const [, quoted, plain] = /[;\s]name=(?:"([^"]*)"|([^;\s]+))/i.exec(disposition) ?? []
  return { name: quoted ?? plain, head, value }
}

/** A part as a plain form field. */
export function simplePart(name: string, value: string): Part {
  return { name, head: [`Content-Disposition: form-data; name="${name}"`], value }
}

/** Puts parts together to a body. */
export function encodeMultipart(parts: readonly Part[], boundary: string): string {
  const written = parts.map(({ head, value }) => `--${boundary}\r\n${head.join('\r\n')}\r\n\r\n${value}\r\n`)
  return `${written.join('')}--${boundary}--\r\n`
}

/** Arguments as the parts of a form, in the order of their names. */
export function partsOf(args: Args): readonly Part[] {
  const names = [...args.keys()].sort()
  return names.flatMap((name) => valuesOf(args, name).map((value) => simplePart(name, value === true ? '' : value)))
}
