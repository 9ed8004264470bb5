import type { Writable } from 'node:stream'
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
export function drained(socket: Writable, timeout: number): Promise<void> {
  if (socket.destroyed) return Promise.reject(new ConnectionLost('closed'))
  return socket.writableNeedDrain ? happened(socket, 'drain', timeout) : Promise.resolve()
}

/**
 * Waits until all that was written to an ended socket has been handed on.
 * @param timeout milliseconds.
 * @throws WriteTimeout, ConnectionLost
 */
export function flushed(socket: Writable, timeout: number): Promise<void> {
  if (socket.writableFinished) return Promise.resolve()
  return socket.destroyed ? Promise.reject(new ConnectionLost('closed')) : happened(socket, 'finish', timeout)
}

function happened(socket: Writable, event: 'drain' | 'finish', timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(new WriteTimeout(`nothing written for ${timeout} ms`)), timeout)
    const onEvent = () => end()
    const onClose = () => end(new ConnectionLost('closed'))
    const end = (error?: Error) => {
      clearTimeout(timer)
      socket.off(event, onEvent)
      socket.off('close', onClose)
      if (error) reject(error)
      else resolve()
    }
    socket.on(event, onEvent)
    socket.on('close', onClose)
  })
}
