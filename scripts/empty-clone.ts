import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { projectRoot } from './home.ts'

const left = new Set(['.git', '.portico', 'node_modules', 'vectors', 'dist', 'screenshots'])

/** A copy of the project as a fresh clone has it, with the packages of this checkout and without its homes. */
export async function cloneEmpty(): Promise<{ readonly root: string; remove(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'portico clone-'))
  await cp(projectRoot, root, { recursive: true, filter: (path) => !left.has(basename(path)) })
  await symlink(join(projectRoot, 'node_modules'), join(root, 'node_modules'))
  return { root, remove: () => rm(root, { recursive: true, force: true }) }
}
