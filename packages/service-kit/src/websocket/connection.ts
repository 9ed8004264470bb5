import { WebSocket } from 'ws'
import { closeCodes, type WebSocketLimits } from './limits.ts'

const MINUTE_MS = 60_000

/** One open WebSocket, kept within its limits. */
export interface Connection {
  readonly userId: string
  /** Sends a message as JSON. @returns false where the client is gone or reads too slowly; then it is closed */
  send(message: unknown): boolean
  close(code: number, reason: string): void
}

interface Watched {
  readonly userId: string
  /** When its authorization expires. */
  readonly until: Date
}

/**
 * Watches over a socket: a client that says too much is closed (1008), one that reads too slowly (1013), one whose
 * authorization expires (3000), and one that does not answer a heartbeat is cut off.
 */
export function watchOver(socket: WebSocket, { userId, until }: Watched, limits: WebSocketLimits): Connection {
  let alive = true
  let messages = 0
  const heartbeat = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
  }, limits.heartbeatMs)
  const minute = setInterval(() => {
    messages = 0
  }, MINUTE_MS)
  const expiry = setTimeout(
    () => socket.close(closeCodes.unauthorized, 'the authorization has expired'),
    Math.max(0, until.getTime() - Date.now()),
  )
  socket.on('pong', () => {
    alive = true
  })
  socket.on('message', () => {
    messages += 1
    if (messages > limits.messagesPerMinute) socket.close(closeCodes.policy, 'too many messages')
  })
  // A broken frame or a message that is too large: ws closes with the right code, the event says no more.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    clearInterval(heartbeat)
    clearInterval(minute)
    clearTimeout(expiry)
  })
  return {
    userId,
    send(message) {
      if (socket.readyState !== WebSocket.OPEN) return false
      if (socket.bufferedAmount > limits.waitingBytes) {
        socket.close(closeCodes.tryAgain, 'reads too slowly')
        return false
      }
      socket.send(JSON.stringify(message))
      return true
    },
    close: (code, reason) => socket.close(code, reason),
  }
}
