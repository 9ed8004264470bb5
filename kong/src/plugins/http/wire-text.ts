const ASCII = /^[\0-\x7f]*$/

/** A text of the configuration as its UTF-8 bytes, one latin1 character each: what header values and targets consist of. */
export function toWire(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** The other way round: wire text read as UTF-8. */
export function fromWire(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8')
}
