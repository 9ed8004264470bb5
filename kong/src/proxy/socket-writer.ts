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

/** A piece of no more bytes is copied, so that it goes out in one write with what stands around it. */
const smallPiece = 16_384

/** Writes a piece of a body between texts, of which either may be empty. */
export function writePiece(socket: Writable, before: string, piece: Buffer, after: string): void {
  if (piece.length <= smallPiece) {
    socket.write(joined(before, piece, after))
    return
  }
  socket.cork()
  if (before !== '') socket.write(before, 'latin1')
  socket.write(piece)
  if (after !== '') socket.write(after, 'latin1')
  socket.uncork()
}

function joined(before: string, piece: Buffer, after: string): Buffer {
  if (before === '' && after === '') return piece
  const whole = Buffer.allocUnsafe(before.length + piece.length + after.length)
  whole.write(before, 0, 'latin1')
  piece.copy(whole, before.length)
  if (after !== '') whole.write(after, before.length + piece.length, 'latin1')
  return whole
}
