import type { Socket } from 'node:net'

/** Nothing came for as long as was allowed. */
export class ReadTimeout extends Error {
  override readonly name = 'ReadTimeout'
}

/** The other side broke the connection off. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
}

/** Unread bytes beyond this make the sender wait. */
const highWater = 65_536

interface Waiter {
  resolve(bytes: Buffer | undefined): void
  reject(error: Error): void
}

/**
 * Turns a socket's events into reads that one part after the other can ask for: whoever needs bytes takes the next
 * piece and gives back what it has no use for. What nobody asks for makes the sender wait.
 */
export class SocketReader {
  readonly #socket: Socket
  #pieces: Buffer[] = []
  #size = 0
  #ended = false
  #failure: Error | undefined
  #waiter: Waiter | undefined
  #timer: NodeJS.Timeout | undefined
  #timerMs = 0
  /** Called once when the other side has ended or broken the connection. */
  onGone: (() => void) | undefined
  /** Called for bytes that come while nobody waits for any. */
  onUnasked: (() => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => this.#receive(bytes))
    socket.on('end', () => this.#finish())
    socket.on('error', (error) => this.#finish(new ConnectionLost(error.message)))
    socket.on('close', () => this.#finish(new ConnectionLost('closed')))
  }

  /** Whether the other side can send no more; what was read before may still be waiting. */
  get ended(): boolean {
    return this.#ended
  }

  get buffered(): boolean {
    return this.#size > 0
  }

  /** The next piece if it is there already. */
  take(): Buffer | undefined {
    const piece = this.#pieces.shift()
    if (!piece) return undefined
    this.#size -= piece.length
    if (this.#size < highWater && this.#socket.isPaused()) this.#socket.resume()
    return piece
  }

  /** Puts bytes back in front. */
  giveBack(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#pieces.unshift(bytes)
    this.#size += bytes.length
  }

  /**
   * The next piece, or undefined at the end.
   * @param timeout milliseconds; 0 waits for ever.
   * @throws ReadTimeout, ConnectionLost
   */
  read(timeout = 0): Promise<Buffer | undefined> | Buffer | undefined {
    const piece = this.take()
    if (piece) return piece
    if (this.#failure) return Promise.reject(this.#failure)
    if (this.#ended) return undefined
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject }
      if (timeout > 0) this.#arm(timeout)
      else this.#disarm()
    })
  }

  #receive(bytes: Buffer): void {
    const waiter = this.#waiter
    if (waiter) {
      this.#waiter = undefined
      waiter.resolve(bytes)
      return
    }
    this.#pieces.push(bytes)
    this.#size += bytes.length
    if (this.#size >= highWater) this.#socket.pause()
    this.onUnasked?.()
  }

  #finish(failure?: Error): void {
    if (failure) this.#failure ??= this.#ended ? undefined : failure
    const waiter = this.#waiter
    this.#waiter = undefined
    const first = !this.#ended
    this.#ended = true
    if (this.#failure) waiter?.reject(this.#failure)
    else waiter?.resolve(undefined)
    if (this.#socket.destroyed) this.#disarm()
    if (first) this.onGone?.()
  }

  /** One timer serves all reads: it is pushed on for each, and does nothing if nobody waits when it goes off. */
  #arm(timeout: number): void {
    if (this.#timer && this.#timerMs === timeout) {
      this.#timer.refresh()
      return
    }
    this.#disarm()
    this.#timerMs = timeout
    this.#timer = setTimeout(() => {
      const waiter = this.#waiter
      this.#waiter = undefined
      waiter?.reject(new ReadTimeout(`nothing read for ${timeout} ms`))
    }, timeout)
  }

  #disarm(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
