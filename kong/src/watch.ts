/** Notices that a file was saved: by what the system tells of its folder, and by looking now and then. */
import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

export interface WatchOptions {
  readonly files: readonly string[]
  readonly onChange: () => void
  /** Where the system tells nothing (network drives, containers). */
  readonly pollMs?: number
  /** Editors write in several steps: a change counts once nothing has happened for so long. */
  readonly quietMs?: number
}

/** Watches until the answered function is called. The folder is watched, so that a file put in its place counts. */
export function watchFiles({ files, onChange, pollMs = 500, quietMs = 50 }: WatchOptions): () => void {
  const known = new Map<string, string>()
  let quiet: NodeJS.Timeout | undefined
  let stopped = false
  const look = async () => {
    const changed = await Promise.all(files.map((file) => hasChanged(file, known)))
    if (!stopped && changed.includes(true)) onChange()
  }
  const lookSoon = () => {
    clearTimeout(quiet)
    quiet = setTimeout(() => void look(), quietMs)
  }
  const first = Promise.all(files.map((file) => hasChanged(file, known)))
  const watchers = files.map((file) => watchFolder(file, lookSoon)).filter((watcher) => watcher !== undefined)
  const poll = setInterval(() => void first.then(look), pollMs)
  poll.unref()
  return () => {
    stopped = true
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

/** A file that is away for a moment, while an editor puts a new one in its place, has not changed yet. */
async function hasChanged(file: string, known: Map<string, string>): Promise<boolean> {
  const found = await stat(file, { bigint: true }).catch(() => undefined)
  if (!found) return false
  const mark = `${found.ino} ${found.size} ${found.mtimeNs}`
  const before = known.get(file)
  known.set(file, mark)
  return before !== mark
}
