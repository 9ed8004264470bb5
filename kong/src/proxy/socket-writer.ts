import type { Socket } from 'node:net'
import { ConnectionLost } from './socket-reader.ts'

/** The other side took nothing for as long as was allowed. */
export class WriteTimeout extends Error {
  override readonly name = 'WriteTimeout'
}

/**
 * Waits until the socket has handed on what was written to it.
 * @param timeout milliseconds.
 * @throws WriteTimeout, ConnectionLost
 */
export function drained(socket: Socket, timeout: number): Promise<void> {
  if (socket.destroyed) return Promise.reject(new ConnectionLost('closed'))
  if (!socket.writableNeedDrain) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(new WriteTimeout(`nothing written for ${timeout} ms`)), timeout)
    const onDrain = () => end()
    const onClose = () => end(new ConnectionLost('closed'))
    const end = (error?: Error) => {
      clearTimeout(timer)
      socket.off('drain', onDrain)
      socket.off('close', onClose)
      if (error) reject(error)
      else resolve()
    }
    socket.on('drain', onDrain)
    socket.on('close', onClose)
  })
}
