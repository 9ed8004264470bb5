import { renameSync, writeFileSync } from 'node:fs'

/** Replaces a file in one step, so that no reader ever sees half of it. Only its owner may read it. */
export function writeAtomically(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}
