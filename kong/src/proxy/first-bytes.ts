import type { Socket } from 'node:net'

/**
 * Waits for the first bytes of a connection and says what they are; they stay to be read.
 * Answers undefined where that was not clear in time, or the connection ended before any.
 * @param judge what the bytes so far are; undefined while more are needed, which at the end there are not.
 * @param timeout milliseconds.
 */
export function judgeFirstBytes<T>(
  socket: Socket,
  judge: (read: Buffer, ended: boolean) => T | undefined,
  timeout: number,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    let read = Buffer.alloc(0)
    const finish = (verdict: T | undefined) => {
      clearTimeout(timer)
      socket.off('readable', look)
      socket.off('end', end)
      socket.off('close', end)
      socket.off('error', end)
      if (read.length > 0) socket.unshift(read)
      resolve(verdict)
    }
    const look = () => {
      for (let piece: Buffer | null = socket.read(); piece; piece = socket.read()) read = Buffer.concat([read, piece])
      const verdict = read.length > 0 ? judge(read, false) : undefined
      if (verdict !== undefined) finish(verdict)
    }
    const end = () => finish(read.length > 0 ? judge(read, true) : undefined)
    const timer = setTimeout(() => finish(undefined), timeout)
    socket.on('readable', look)
    socket.on('end', end)
    socket.on('close', end)
    socket.on('error', end)
  })
}
