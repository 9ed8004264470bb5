const ALPHABET = /^[A-Za-z0-9+/]*$/

/** Decodes base64 of the plain alphabet as nginx does: what follows a `=` is ignored, anything else odd is an error. */
export function decodeBase64(text: string): Buffer | undefined {
  const padding = text.indexOf('=')
  const digits = padding < 0 ? text : text.slice(0, padding)
  if (digits.length % 4 === 1 || !ALPHABET.test(digits)) return undefined
  return Buffer.from(digits, 'base64')
}
