import type { Socket } from 'node:net'
import type { Log } from '../log.ts'
import { FrameReader, frame } from './frames.ts'
import type { TcpLimits } from './limits.ts'
import { type Packet, packet } from './packets.ts'

/** What became of one message. */
export interface Worked {
  /** Undefined for an event: NestJS expects no answer, and gets none when it fails. */
  readonly answer?: object
  readonly accepted: boolean
  /** Whether the message came with a valid token. */
  readonly authenticated: boolean
}

/** One client's connection. */
export interface TcpConnection {
  /** Reads no more, answers what was read, and closes. */
  finish(): void
  destroy(): void
}

/**
 * Reads messages from a socket, works on several at once, and answers each when it is done. Until one has authenticated
 * the connection they are worked on one by one, and small ones only are read.
 */
export function serveConnection(
  socket: Socket,
  work: (message: Packet) => Promise<Worked>,
  { limits, log }: { readonly limits: TcpLimits; readonly log: Log },
): TcpConnection {
  const frames = new FrameReader(limits.unauthenticatedLength)
  let authenticated = false
  let inFlight = 0
  let finishing = false

  const isFull = () => inFlight >= (authenticated ? limits.inFlight : 1)
  const deadline = setTimeout(() => {
    if (inFlight > 0) deadline.refresh()
    else socket.destroy()
  }, limits.unauthenticatedMs)

  const vouch = () => {
    authenticated = true
    frames.maxLength = limits.messageLength
    clearTimeout(deadline)
  }

  const take = async (message: unknown): Promise<void> => {
    const parsed = packet.safeParse(message)
    if (!parsed.success) return void socket.destroy()
    inFlight += 1
    const worked = await work(parsed.data)
    inFlight -= 1
    if (worked.authenticated) vouch()
    else if (!authenticated && worked.accepted) deadline.refresh()
    if (worked.answer && socket.writable) socket.write(frame(worked.answer))
    proceed()
  }

  /** Begins with what has been read, as far as the limits allow, and reads on when there is room. */
  const proceed = (): void => {
    if (socket.destroyed) return
    try {
      while (!isFull() && !socket.destroyed) {
        const next = frames.next()
        if (!next) break
        void take(next.message)
      }
    } catch (error) {
      log.warn({ err: error, from: socket.remoteAddress }, 'a broken message over TCP')
      return void socket.destroy()
    }
    // The timer ends a message that stops in its middle; a quiet connection may stay.
    socket.setTimeout(frames.midMessage && !isFull() ? limits.stalledMs : 0)
    if (finishing && inFlight === 0) socket.end().destroySoon()
    if (finishing || isFull() || socket.writableNeedDrain) socket.pause()
    else socket.resume()
  }

  socket.setNoDelay(true).setKeepAlive(true, 30_000)
  socket.on('data', (bytes: Buffer) => {
    frames.write(bytes)
    proceed()
  })
  socket.on('timeout', () => socket.destroy())
  socket.on('drain', proceed)
  socket.on('error', (error) => log.debug({ err: error }, 'TCP connection'))
  socket.on('close', () => clearTimeout(deadline))
  return {
    finish() {
      finishing = true
      proceed()
    },
    destroy: () => void socket.destroy(),
  }
}
