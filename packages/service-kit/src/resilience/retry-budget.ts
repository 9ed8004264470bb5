/** Each call earns so much of a retry: at most one in five calls is tried again, however many fail. */
const EARNED_PER_CALL = 0.2
const SAVED = 10

/** Keeps retries from making an overload worse: they are paid from what calls have earned. */
export class RetryBudget {
  #saved = SAVED

  earn(): void {
    this.#saved = Math.min(SAVED, this.#saved + EARNED_PER_CALL)
  }

  /** @returns whether a retry may be made */
  spend(): boolean {
    if (this.#saved < 1) return false
    this.#saved -= 1
    return true
  }
}
