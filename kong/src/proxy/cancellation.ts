/** Tells the one who is working for a client that the client is gone. */
export class Cancellation {
  #cancelled = false
  /** What is to be broken off; there is one thing at a time. */
  onCancel: (() => void) | undefined

  get cancelled(): boolean {
    return this.#cancelled
  }

  cancel(): void {
    if (this.#cancelled) return
    this.#cancelled = true
    this.onCancel?.()
  }
}
