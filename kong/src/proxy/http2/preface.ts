import type { Socket } from 'node:net'

/** What every connection of HTTP/2 begins with (RFC 9113, 3.4). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/**
 * Waits for the first bytes of a connection and says what they are; they stay to be read.
 * Answers undefined where none came in time, or the connection ended before any.
 * @param timeout milliseconds.
 */
export function spokenOn(socket: Socket, timeout: number): Promise<'http1' | 'http2' | undefined> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0)
    const finish = (protocol: 'http1' | 'http2' | undefined) => {
      clearTimeout(timer)
      socket.off('readable', look)
      socket.off('end', end)
      socket.off('close', end)
      socket.off('error', end)
      if (read.length > 0) socket.unshift(read)
      resolve(protocol)
    }
    const look = () => {
      for (let piece: Buffer | null = socket.read(); piece; piece = socket.read()) read = Buffer.concat([read, piece])
      const size = Math.min(read.length, preface.length)
      if (size === 0) return
      if (!read.subarray(0, size).equals(preface.subarray(0, size))) finish('http1')
      else if (size === preface.length) finish('http2')
    }
    const end = () => finish(read.length > 0 ? 'http1' : undefined)
    const timer = setTimeout(() => finish(undefined), timeout)
    socket.on('readable', look)
    socket.on('end', end)
    socket.on('close', end)
    socket.on('error', end)
  })
}
