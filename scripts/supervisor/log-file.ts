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

const error = /\b(error|fatal|cannot|can't|denied|failed|no such)\b/i

/**
 * The lines of a log that explain a failure: its last ones, and where none of these names an error, the last that do
 * before them. (Some installers end with a page of advice.)
 *
 * @param from Bytes to leave out at the beginning: what an earlier run wrote.
 */
export function readFailure(path: string, count: number, from = 0): string[] {
  const lines = readLastLines(path, Number.POSITIVE_INFINITY, from)
  const last = lines.slice(-count)
  if (last.some((line) => error.test(line))) return last
  const earlier = lines.slice(0, -count).filter((line) => error.test(line))
  return earlier.length === 0 ? last : [...earlier.slice(-count), '…', ...last.slice(-3)]
}

/** How long a log is, in bytes; 0 where there is none. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
