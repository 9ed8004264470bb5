import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const service = join(import.meta.dirname, '..')
/** What the built apps depend on, from the service's folder. */
const inputs = ['web', 'build', 'package.json']

/** A hash of all that the apps are made from: the same hash means the same apps. */
export function hashSources(): string {
  const hash = createHash('sha256').update(process.version)
  for (const file of inputs.flatMap((each) => filesUnder(join(service, each))).sort()) {
    if (file.endsWith('.test.ts')) continue
    hash.update(`\0${relative(service, file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** Every file under a path, or the path itself if it is a file. */
export function filesUnder(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => filesUnder(join(path, entry.name)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path]
    throw error
  }
}
