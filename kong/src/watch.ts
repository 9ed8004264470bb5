/** Notices that a file was saved: by what the system tells of its folder, and by looking now and then. */
import { type FSWatcher, statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

export interface WatchOptions {
  readonly files: readonly string[]
  readonly onChange: () => void
  /** Where the system tells nothing (network drives, containers). */
  readonly pollMs?: number
  /** Editors write in several steps: a change counts once nothing has happened for so long. */
  readonly quietMs?: number
}

/**
 * Watches until the answered function is called, from this very moment on. The folder is watched, so that a file put
 * in its place counts.
 */
export function watchFiles({ files, onChange, pollMs = 500, quietMs = 50 }: WatchOptions): () => void {
  const marks = new Map(files.map((file) => [file, markOf(file)]))
  let quiet: NodeJS.Timeout | undefined
  const look = () => {
    const changed = files.filter((file) => {
      const mark = markOf(file)
      // A file that is away for a moment, while an editor puts a new one in its place, has not changed yet.
      const isNew = mark !== undefined && mark !== marks.get(file)
      if (isNew) marks.set(file, mark)
      return isNew
    })
    if (changed.length > 0) onChange()
  }
  const lookSoon = () => {
    clearTimeout(quiet)
    quiet = setTimeout(look, quietMs)
  }
  const watchers = files.map((file) => watchFolder(file, lookSoon)).filter((watcher) => watcher !== undefined)
  const poll = setInterval(look, pollMs)
  poll.unref()
  return () => {
    clearTimeout(quiet)
    clearInterval(poll)
    for (const watcher of watchers) watcher.close()
  }
}

/** Where a folder can't be watched, looking now and then has to do. */
function watchFolder(file: string, onEvent: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(file), { persistent: false }, (_, name) => {
      if (name === null || name === basename(file)) onEvent()
    })
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}

/** Tells one state of a file from another; undefined when there is none, or none that may be seen. */
function markOf(file: string): string | undefined {
  try {
    const { ino, size, mtimeNs } = statSync(file, { bigint: true })
    return `${ino} ${size} ${mtimeNs}`
  } catch {
    // A link to itself or a folder without access must not end the gateway that watches.
    return undefined
  }
}
