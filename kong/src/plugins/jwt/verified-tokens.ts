/**
 * A bounded memory of what was worked out for tokens. A token is kept at its second sighting; two generations are
 * swapped when the younger is full, so that what is in use stays and nothing is ever searched for to be dropped.
 */
export class VerifiedTokens<Verified> {
  readonly #limit: number
  readonly #sightings = new Uint32Array(1 << 14)
  #young = new Map<string, Verified>()
  #old = new Map<string, Verified>()

  /** @param limit entries of one generation; at most twice as many are kept */
  constructor(limit = 4096) {
    this.#limit = limit
  }

  get(token: string): Verified | undefined {
    const young = this.#young.get(token)
    if (young !== undefined) return young
    const old = this.#old.get(token)
    if (old !== undefined) this.#keep(token, old)
    return old
  }

  /** Tells of a token whose signature was found good. Very long ones are never kept. */
  add(token: string, verified: Verified): void {
    if (token.length > 4096) return
    const sighting = hashOf(token)
    const slot = sighting & (this.#sightings.length - 1)
    if (this.#sightings[slot] === sighting) this.#keep(token, verified)
    else this.#sightings[slot] = sighting
  }

  #keep(token: string, verified: Verified): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(token, verified)
  }
}

/** FNV-1a over the token's end, which is its signature. Only decides what is remembered, never what is trusted. */
function hashOf(token: string): number {
  let hash = 0x811c9dc5
  for (let i = Math.max(0, token.length - 24); i < token.length; i++) {
    hash = Math.imul(hash ^ token.charCodeAt(i), 0x01000193)
  }
  return hash >>> 0
}
