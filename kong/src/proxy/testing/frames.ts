/** HTTP/2 byte by byte (RFC 9113, 4.1), for clients that break its rules; latin1. */
export const frameTypes = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
}

/** @param type of `frameTypes`. @param stream at most 255. @param payload at most 255 bytes. */
export const frame = (type: number, flags: number, stream: number, payload = ''): string =>
  String.fromCharCode(0, 0, payload.length, type, flags, 0, 0, 0, stream) + payload

/** What every client begins with: the preface and empty settings. */
export const opening = `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${frame(frameTypes.settings, 0, 0)}`

/** The end of a head, and of a stream. */
export const endHeaders = 4
export const endStream = 1

/** A field that is in no table (RFC 7541, 6.2.2). @param value at most 126 bytes. */
export const literalField = (name: string, value: string): string =>
  `\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`

/** Matches exactly these bytes. */
export const bytes = (text: string): RegExp =>
  new RegExp(Array.from(text, (each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''))
