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
  readonly #goOn: (() => void) | undefined
  readonly #spool = new Spool()
  #started = false
  /** Counts who has begun to read; whoever began earlier has lost the right to. */
  #turn = 0
  /** Bytes read of it so far, without the framing of chunks. */
  received = 0
  #complete: boolean

  /**
   * @param declared Content-Length; undefined for a chunked body.
   * @param goOn tells the client to send it, where the client waits for that.
   */
  constructor(live: BodySource, declared: number | undefined, goOn?: () => void) {
    this.#live = live
    this.#declared = declared
    this.#goOn = goOn
    this.#complete = declared === 0
  }

  /** Whether all of it is here, so that it can be sent again. */
  get complete(): boolean {
    return this.#complete
  }

  /** Whether the client waits to be told to send it, and may now never do so. */
  get isHeldBack(): boolean {
    return this.#goOn !== undefined && !this.#started && !this.#complete
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
   * Whether it is longer than so many bytes; what had to be read to know that is kept, so that it can still be sent on.
   * @throws BodyUnreadable
   */
  async exceeds(limit: number): Promise<boolean> {
    if (this.#declared !== undefined) return this.#declared > limit
    await this.load(limit)
    return this.#spool.size > limit
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

  /** What was kept, then what still comes (which is not kept). Taking another source, or discarding, ends this one. */
  source(): BodySource {
    const turn = ++this.#turn
    const kept = this.#spool.source()
    return {
      next: async () => {
        const piece = await kept.next()
        if (turn !== this.#turn) throw new BodyUnreadable('another has begun to read the body')
        return piece ?? (this.#complete ? undefined : this.#read())
      },
    }
  }

  /** Reads what is left to nowhere, so that the next request can be found. */
  async discard(): Promise<void> {
    this.#turn++
    if (this.#complete) return
    while (await this.#live.next());
  }

  /** Lets go of what was kept; nobody can read it any more. */
  dispose(): Promise<void> | undefined {
    this.#turn++
    return this.#spool.size > 0 ? this.#spool.dispose() : undefined
  }

  async #read(): Promise<Buffer | undefined> {
    if (!this.#started) {
      this.#started = true
      this.#goOn?.()
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
