import { BodyUnreadable } from '../body-unreadable.ts'
import type { BodySource } from './body-source.ts'
import { ChunkedFault } from './http1/chunked.ts'
import { Spool, SpoolFull } from './spool.ts'
import type { SpoolBudget } from './spool-budget.ts'

/** A body is longer than who asked for it can take; it can still be sent on. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** So much of a body is put into one buffer for a plugin that names no limit. */
const wholeLimit = 8 * 1_048_576

/** Milliseconds for which a body that nobody wants is read at most; nginx's lingering_time. */
const discardTime = 30_000

export interface BodyOptions {
  /** Content-Length; undefined for a body of unknown length. */
  readonly declared: number | undefined
  /** Bytes after which reading fails with 413. */
  readonly maxBytes: number
  readonly budget: SpoolBudget
  /** Tells the client to send the body, where the client waits for that. */
  readonly goOn?: (() => void) | undefined
}

/**
 * The body of a client's request: read as it comes, or kept so that it can be sent more than once. It can be read by
 * one after the other, never by two at once.
 */
export class RequestBody {
  readonly #live: BodySource
  readonly #declared: number | undefined
  readonly #goOn: (() => void) | undefined
  readonly #maxBytes: number
  readonly #spool: Spool
  #started = false
  /** Counts who has begun to read; whoever began earlier has lost the right to. */
  #turn = 0
  /** Bytes read of it so far, without the framing of chunks. */
  received = 0
  #complete: boolean

  constructor(live: BodySource, { declared, maxBytes, budget, goOn }: BodyOptions) {
    this.#live = live
    this.#declared = declared
    this.#maxBytes = maxBytes
    this.#spool = new Spool(budget)
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
      if (piece) await this.#keep(piece)
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
        if (turn !== this.#turn) throw new BodyUnreadable('another has begun to read the body', undefined)
        return piece ?? (this.#complete ? undefined : this.#read())
      },
    }
  }

  /**
   * Reads what is left to nowhere, so that the next request can be found. Answers whether its end came in time.
   * @throws what reading the connection throws.
   */
  async discard(): Promise<boolean> {
    this.#turn++
    const deadline = performance.now() + discardTime
    while (!this.#complete && (await this.#live.next())) if (performance.now() > deadline) return false
    return true
  }

  /** Lets go of what was kept; nobody can read it any more. */
  dispose(): Promise<void> {
    this.#turn++
    return this.#spool.dispose()
  }

  async #keep(piece: Buffer): Promise<void> {
    try {
      await this.#spool.append(piece)
    } catch (error) {
      throw error instanceof SpoolFull ? new BodyUnreadable(error.message, 503, { cause: error }) : error
    }
  }

  async #read(): Promise<Buffer | undefined> {
    if (!this.#started) {
      this.#started = true
      this.#goOn?.()
    }
    const piece = await this.#next()
    this.received += piece?.length ?? 0
    if (this.received > this.#maxBytes) throw new BodyUnreadable(`the body exceeds ${this.#maxBytes} bytes`, 413)
    return piece
  }

  async #next(): Promise<Buffer | undefined> {
    try {
      return await this.#live.next()
    } catch (error) {
      const status = error instanceof ChunkedFault ? 400 : undefined
      throw new BodyUnreadable('the body did not arrive whole', status, { cause: error })
    }
  }
}
