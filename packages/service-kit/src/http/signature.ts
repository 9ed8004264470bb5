import { createHmac, timingSafeEqual } from 'node:crypto'

export interface SignatureCheck {
  /** Any of these may have signed: the current secret, and while it changes the one before. */
  readonly secrets: readonly string[]
  readonly nowSeconds: number
  /** How far the time of signing may lie from now, so that what was recorded can't be played again for long. */
  readonly toleranceSeconds: number
}

const digestOf = (secret: string, seconds: number, body: Uint8Array): Buffer =>
  createHmac('sha256', secret).update(`${seconds}.`).update(body).digest()

/** The signature of a body as a header's value: `t=SECONDS,v1=HEX`, HMAC-SHA256 over `SECONDS.` and the body's bytes. */
export function signBody(secret: string, body: Uint8Array, seconds: number): string {
  return `t=${seconds},v1=${digestOf(secret, seconds, body).toString('hex')}`
}

/** Whether one of the secrets signed these bytes just now; compared in constant time. */
export function isSigned(signature: string | undefined, body: Uint8Array, check: SignatureCheck): boolean {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature ?? '')
  if (!match) return false
  const [seconds, given] = [Number(match[1]), Buffer.from(match[2] ?? '', 'hex')]
  if (Math.abs(check.nowSeconds - seconds) > check.toleranceSeconds) return false
  return check.secrets.filter((secret) => timingSafeEqual(digestOf(secret, seconds, body), given)).length > 0
}
