import type { BodySource } from './body-source.ts'
import { Spool } from './spool.ts'

/** A body is longer than who asked for it can take; it can still be sent on. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** The client's body did not come as it should: in wrong chunks, too slowly, or not to its end. */
export class BodyUnreadable extends Error {
  override readonly name = 'BodyUnreadable'
}

/** So much of a body is put into one buffer for a plugin that names no limit. */
const wholeLimit = 8 * 1_048_576

/**
 * The body of a client's request: read as it comes, or kept so that it can be sent more than once. It can be read by
 * one after the other, never by two at once.
 */
export class RequestBody {
  readonly #live: BodySource
  readonly #declared: number | undefined
  readonly #beforeFirstRead: () => void
  readonly #spool = new Spool()
  #started = false
  /** Bytes read of it so far, without the framing of chunks. */
  received = 0
  #complete: boolean

  /**
   * @param declared Content-Length; undefined for a chunked body.
   * @param beforeFirstRead tells the client to go on, where it waits for that.
   */
  constructor(live: BodySource, declared: number | undefined, beforeFirstRead: () => void) {
    this.#live = live
    this.#declared = declared
    this.#beforeFirstRead = beforeFirstRead
    this.#complete = declared === 0
  }

  /** Whether all of it is here, so that it can be sent again. */
  get complete(): boolean {
    return this.#complete
  }

  /** Its length in bytes, if that is known yet. */
  get length(): number | undefined {
    return this.#complete ? this.#spool.size : this.#declared
  }

  /**
   * Reads until the end, or until more than `limit` bytes are here.
   * @throws BodyUnreadable
   */
  async load(limit = Number.POSITIVE_INFINITY): Promise<void> {
    while (!this.#complete && this.#spool.size <= limit) {
      const piece = await this.#read()
      if (piece) await this.#spool.append(piece)
      else this.#complete = true
    }
  }

  /**
   * The whole body in one buffer.
   * @throws BodyTooLarge, BodyUnreadable
   */
  async whole(limit = wholeLimit): Promise<Buffer> {
    if ((this.#declared ?? 0) > limit) throw new BodyTooLarge(`more than ${limit} bytes`)
    await this.load(limit)
    if (this.#spool.size > limit) throw new BodyTooLarge(`more than ${limit} bytes`)
    return this.#spool.bytes()
  }

  /** What was kept, then what still comes (which is not kept). */
  source(): BodySource {
    const kept = this.#spool.source()
    return {
      next: async () => (await kept.next()) ?? (this.#complete ? undefined : this.#read()),
    }
  }

  /** Reads what is left to nowhere, so that the next request can be found. */
  async discard(): Promise<void> {
    if (this.#complete) return
    while (await this.#live.next());
  }

  /** Lets go of what was kept. */
  dispose(): Promise<void> | undefined {
    return this.#spool.size > 0 ? this.#spool.dispose() : undefined
  }

  async #read(): Promise<Buffer | undefined> {
    if (!this.#started) {
      this.#started = true
      this.#beforeFirstRead()
    }
    try {
      const piece = await this.#live.next()
      this.received += piece?.length ?? 0
      return piece
    } catch (error) {
      throw new BodyUnreadable('the body did not come', { cause: error })
    }
  }
}
