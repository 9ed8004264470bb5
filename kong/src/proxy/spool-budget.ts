/** Limits the bytes of request bodies that all requests together keep, in memory and in temporary files. */
export class SpoolBudget {
  readonly limit: number
  #used = 0

  /** @param limit bytes; Infinity for none. */
  constructor(limit: number) {
    this.limit = limit
  }

  /** Bytes kept at present. */
  get used(): number {
    return this.#used
  }

  /** Reserves bytes. Answers false, and reserves nothing, if they would exceed the limit. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.limit) return false
    this.#used += bytes
    return true
  }

  give(bytes: number): void {
    this.#used -= bytes
  }
}
