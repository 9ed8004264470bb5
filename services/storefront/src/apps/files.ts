import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.webp': 'image/webp',
}

export type Encoding = 'br' | 'gzip' | 'identity'

/** A built file in memory, with what was compressed of it at build time. */
export interface BuiltFile {
  readonly type: string
  readonly hash: string
  readonly bodies: Readonly<Partial<Record<Encoding, Uint8Array<ArrayBuffer>>>> & {
    readonly identity: Uint8Array<ArrayBuffer>
  }
}

/** By path from the folder, such as `assets/shop-1a2b.js`. Only what is in here can be served: no path leads out. */
export type BuiltFiles = ReadonlyMap<string, BuiltFile>

/** Reads the built apps whole (some 2 MB). @returns an empty map when they have not been built */
export function readBuiltFiles(folder: string): BuiltFiles {
  const files = new Map<string, BuiltFile>()
  for (const path of listFiles(folder)) {
    const type = types[extname(path)]
    if (type === undefined) continue
    const identity = read(join(folder, path))
    if (identity === undefined) continue
    const [br, gzip] = [read(join(folder, `${path}.br`)), read(join(folder, `${path}.gz`))]
    const hash = createHash('sha256').update(identity).digest('base64url').slice(0, 22)
    files.set(path, { type, hash, bodies: { identity, ...(br && { br }), ...(gzip && { gzip }) } })
  }
  return files
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function read(path: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(readFileSync(path))
  } catch {
    return undefined
  }
}
