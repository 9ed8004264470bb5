/**
 * nginx's limits on the size of a head: lines are laid into one buffer of 1 KiB and then into at most four of 8 KiB,
 * each line whole in one of them.
 * Source: nginx 1.25, ngx_http_alloc_large_header_buffer with the default large_client_header_buffers 4 8k.
 */
export class HeadBudget {
  static readonly lineLimit = 8192
  static readonly #buffers = 4
  #room = 1024
  #used = 0

  /** Books a line of so many bytes, its end included; answers whether it still fits. */
  book(bytes: number): boolean {
    if (bytes > HeadBudget.lineLimit) return false
    if (bytes > this.#room) {
      this.#used += 1
      this.#room = HeadBudget.lineLimit
    }
    this.#room -= bytes
    return this.#used <= HeadBudget.#buffers
  }
}
