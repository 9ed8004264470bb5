import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compressFiles } from './compress.ts'
import { writePictures } from './pictures/pictures.ts'
import { hashSources } from './sources.ts'

const service = join(import.meta.dirname, '..')
const output = join(service, 'dist')
/** Holds the hash of the sources that the folder was built from. */
const stampOf = (folder: string) => join(folder, '.sources')

/**
 * Builds the two apps into `dist`, unless what is there was built from the same sources. They are made in a folder of
 * their own and moved as a whole, so that two builds at a time, or one that breaks off, leave nothing half done.
 * @returns whether it had to build
 */
export async function buildApps(): Promise<boolean> {
  const hash = hashSources()
  if (isBuiltFrom(hash)) return false
  const folder = join(service, `dist-${process.pid}`)
  try {
    await buildInto(folder)
    writeFileSync(stampOf(folder), hash)
    if (isBuiltFrom(hash)) return false
    rmSync(output, { recursive: true, force: true })
    renameSync(folder, output)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return true
}

async function buildInto(folder: string): Promise<void> {
  // Loaded only when there is something to build.
  const { build } = await import('vite')
  await build({ configFile: join(service, 'web/vite.config.ts'), logLevel: 'warn', build: { outDir: folder } })
  writePictures(join(folder, 'pictures'))
  await compressFiles(folder)
}

function isBuiltFrom(hash: string): boolean {
  return existsSync(stampOf(output)) && readFileSync(stampOf(output), 'utf8') === hash
}

if (import.meta.main) {
  // What is set for other tools in this terminal must not make it a build for developers.
  process.env.NODE_ENV = 'production'
  const startedAt = performance.now()
  const built = await buildApps()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(built ? `The apps are built (${seconds} s).` : 'The apps are built already.')
}
