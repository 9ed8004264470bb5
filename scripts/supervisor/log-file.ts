import { closeSync, copyFileSync, openSync, readSync, statSync, truncateSync } from 'node:fs'

const maxBytes = 10_000_000

/** Keeps a log bounded: beyond 10 MB it becomes `NAME.log.1` and begins anew. What is written between the two steps is
 *  lost; in return no process between a server and its log can die or hold it up. */
export function rotateLog(path: string): void {
  if (sizeOf(path) <= maxBytes) return
  copyFileSync(path, `${path}.1`)
  truncateSync(path)
}

/** The last lines of a log, of what was written after its first `from` bytes; empty where there are none. */
export function readLastLines(path: string, count: number, from = 0): string[] {
  const size = sizeOf(path)
  const length = Math.min(Math.max(0, size - from), 64 * 1024)
  if (length === 0) return []
  const buffer = Buffer.alloc(length)
  const file = openSync(path, 'r')
  try {
    readSync(file, buffer, 0, length, size - length)
  } finally {
    closeSync(file)
  }
  return buffer.toString('utf8').trimEnd().split('\n').slice(-count)
}

/** How long a log is, in bytes; 0 where there is none. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
