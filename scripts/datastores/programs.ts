import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { toolsFolder } from '../home.ts'

/** Launchers of the programs that were unpacked from packages. */
export const unpackedPrograms = join(toolsFolder, 'debian', 'bin')

// An ordinary user's PATH on Debian has no sbin, where servers live; a GUI session's on macOS has no Homebrew.
const usualFolders = [
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/opt/homebrew/bin',
  unpackedPrograms,
]

/** The first of these executables on PATH or in the usual folders of servers, or undefined.
 *  Links are not followed: some programs behave by the name they are called. */
export async function findProgram(...names: string[]): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...usualFolders]
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name)
      if (await isExecutable(path)) return path
    }
  }
  return undefined
}

/** Whether this file is there and may be executed. */
export async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
