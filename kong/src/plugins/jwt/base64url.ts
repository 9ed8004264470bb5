const ALPHABET = /^[A-Za-z0-9_-]*$/

/**
 * Decodes base64 of the URL alphabet as nginx does: what follows a `=` is ignored, any other character and a length
 * that can't be are errors.
 */
export function decodeBase64Url(text: string): Buffer | undefined {
  const padding = text.indexOf('=')
  const digits = padding < 0 ? text : text.slice(0, padding)
  if (digits.length % 4 === 1 || !ALPHABET.test(digits)) return undefined
  return Buffer.from(digits, 'base64url')
}
