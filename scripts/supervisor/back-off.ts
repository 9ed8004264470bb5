const firstMs = 100
const longestMs = 3000
const provenAfterMs = 10_000

/** How long to wait before each restart of one process: 0.1 s, doubled each time up to 3 s; from the start again once the
 *  process has been up for 10 s. */
export class BackOff {
  #nextMs = firstMs

  /** The wait in milliseconds, after a process that was up for so long has ended. */
  next(upMs: number): number {
    if (upMs >= provenAfterMs) this.#nextMs = firstMs
    const wait = this.#nextMs
    this.#nextMs = Math.min(wait * 2, longestMs)
    return wait
  }
}
