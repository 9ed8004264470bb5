import type { Json } from '../lua/json.ts'
import { index } from './token.ts'

/** What is wrong with a token's times, by claim; undefined when nothing is. */
export type ClaimErrors = Readonly<Record<string, string>>

/** The part of a token that is checked again each time it is shown. */
export interface Times {
  readonly exp: Json | undefined
  readonly nbf: Json | undefined
}

export function timesOf(claims: Json): Times {
  return { exp: index(claims, 'exp'), nbf: index(claims, 'nbf') }
}

/** Checks `exp` and `nbf` where the configuration asks for it; without leeway. `now` in whole seconds. */
export function checkTimes(times: Times, claimsToVerify: readonly string[], now: number): ClaimErrors | undefined {
  const errors: Record<string, string> = {}
  for (const claim of claimsToVerify) {
    const value = claim === 'exp' ? times.exp : times.nbf
    if (typeof value !== 'number') errors[claim] = 'must be a number'
    else if (claim === 'exp' && value <= now) errors[claim] = 'token expired'
    else if (claim === 'nbf' && value > now) errors[claim] = 'token not valid yet'
  }
  return Object.keys(errors).length > 0 ? errors : undefined
}

/** `exp` is nothing that can be reckoned with; Kong fails with 500. */
export class ExpirationNotNumeric extends Error {
  override readonly name = 'ExpirationNotNumeric'
}

/**
 * Checks that a token does not live longer than `maximum` seconds from now. A numeric text counts, as in Lua.
 * @throws ExpirationNotNumeric
 */
export function checkMaximumExpiration(times: Times, maximum: number, now: number): ClaimErrors | undefined {
  const tooFar = { exp: 'exceeds maximum allowed expiration' }
  if (times.exp === undefined) return tooFar
  const exp = typeof times.exp === 'string' && times.exp.trim() !== '' ? Number(times.exp) : times.exp
  if (typeof exp !== 'number' || Number.isNaN(exp)) throw new ExpirationNotNumeric(`exp is a ${typeof times.exp}`)
  return exp - now > maximum ? tooFar : undefined
}
