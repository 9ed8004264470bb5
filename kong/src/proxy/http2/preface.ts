import type { Socket } from 'node:net'
import { judgeFirstBytes } from '../first-bytes.ts'

/** What every connection of HTTP/2 begins with (RFC 9113, 3.4). */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/**
 * Waits for the first bytes of a connection and says what they are; they stay to be read.
 * Answers undefined where none came in time, or the connection ended before any.
 * @param timeout milliseconds.
 */
export const spokenOn = (socket: Socket, timeout: number): Promise<'http1' | 'http2' | undefined> =>
  judgeFirstBytes(socket, protocolOf, timeout)

function protocolOf(read: Buffer, ended: boolean): 'http1' | 'http2' | undefined {
  const size = Math.min(read.length, preface.length)
  if (ended || !read.subarray(0, size).equals(preface.subarray(0, size))) return 'http1'
  return size === preface.length ? 'http2' : undefined
}
