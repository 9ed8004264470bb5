import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { UserError } from './command-line/user-error.ts'

/** The root folder of this checkout. */
export const projectRoot = resolve(import.meta.dirname, '..')

/** Tools installed once and shared by every home of this checkout. */
export const toolsFolder = join(projectRoot, '.portico', 'tools')

/** The folder of one running copy of the shop, and where everything stands in it. */
export interface Home {
  readonly root: string
  /** Stands in every folder that Portico made as a home. */
  readonly marker: string
  readonly logs: string
  readonly keysFile: string
  /** Taken by whoever changes the keys. */
  readonly keysLockFile: string
  readonly kongEnvFile: string
  readonly secretsFile: string
  /** The header that writes to the gateway's Admin API carry, as `curl -H @FILE` reads it. */
  readonly adminTokenFile: string
  readonly runFile: string
  readonly lockFile: string
  /** How many processes of each service are wished for. */
  readonly scaleFile: string
  /** Which services are to be restarted. */
  readonly restartFile: string
  /** Where the replicas are, for the gateway. */
  readonly targetsFile: string
  /** The folder in which the gateway's plugins may write files. */
  readonly pluginFiles: string
  data(name: string): string
  log(name: string): string
}

/**
 * The home named by `--home`, else by `PORTICO_HOME`, else `.portico` in the project. Nothing is made yet.
 *
 * @throws UserError when the path, or a part of it, is a file, or when this user may not read the folder.
 */
export function openHome(option?: string): Home {
  const root = resolve(option ?? process.env.PORTICO_HOME ?? join(projectRoot, '.portico'))
  refuseUnusable(root)
  const logs = join(root, 'logs')
  return {
    root,
    marker: join(root, 'portico-home'),
    logs,
    keysFile: join(root, 'keys.json'),
    keysLockFile: join(root, 'keys.lock'),
    kongEnvFile: join(root, 'kong.env'),
    secretsFile: join(root, 'secrets.json'),
    adminTokenFile: join(root, 'kong-admin-token'),
    runFile: join(root, 'run.json'),
    lockFile: join(root, 'lock'),
    scaleFile: join(root, 'scale.json'),
    restartFile: join(root, 'restart.json'),
    targetsFile: join(root, 'targets.json'),
    pluginFiles: join(root, 'plugin-files'),
    data: (name) => join(root, 'data', name),
    log: (name) => join(logs, `${name}.log`),
  }
}

/**
 * Makes the home's folders, readable by their owner only, and marks it as a home.
 *
 * @param advice What the user can do when the folder can't be made.
 * @throws UserError when the folder can't be made, or holds data that Portico did not put there.
 */
export async function makeHome(home: Home, advice = 'Choose another folder: --home DIR'): Promise<void> {
  try {
    await makeFolder(home.root)
    requireNoForeignData(home)
    await writeFile(home.marker, 'This folder is a home of Portico: `npm run reset` deletes the data in it.\n')
    for (const folder of [home.data('.'), home.logs, home.pluginFiles]) await makeFolder(folder)
  } catch (error) {
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? '']
    if (reason === undefined) throw error
    throw new UserError(`${home.root} can't be the home: ${reason}. ${advice}`)
  }
}

/**
 * Refuses a folder that `makeHome` never made, so that no command deletes what is not Portico's.
 *
 * @throws UserError
 */
export function requireHome(home: Home): void {
  if (!existsSync(home.root)) throw new UserError(`There is no home at ${home.root}. Which one is meant: --home DIR`)
  if (existsSync(home.marker)) return
  throw new UserError(
    `${home.root} is not a home of Portico: it has no file ${basename(home.marker)}. Nothing was touched.\n${olderHome(home)}`,
  )
}

/** Everything in a home that a reset deletes. */
export const dataOf = (home: Home): readonly string[] => [
  ...[
    home.keysFile,
    home.kongEnvFile,
    home.secretsFile,
    home.adminTokenFile,
    home.scaleFile,
    home.restartFile,
    home.targetsFile,
  ],
  ...[home.logs, home.pluginFiles, home.data('.')],
]

function refuseUnusable(root: string): void {
  const code = faultOf(root)
  if (code !== 'EACCES' && code !== 'ENOTDIR') return
  throw new UserError(`${root} can't be the home: ${reasons[code]}. Choose another folder: --home DIR`)
}

/** The code of the error that a look into the folder ends with. */
function faultOf(root: string): string | undefined {
  try {
    if (!statSync(root).isDirectory()) return 'ENOTDIR'
    accessSync(root, constants.R_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not read or write there',
  EEXIST: 'it, or a part of its path, is a file',
  ENOENT: 'no folder can be made there',
  ENOTDIR: 'it, or a part of its path, is a file',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
}

function requireNoForeignData(home: Home): void {
  const found = existsSync(home.marker) ? undefined : dataOf(home).find((path) => existsSync(path))
  if (found === undefined) return
  throw new UserError(
    `${home.root} is not a home of Portico, and has a ${basename(found)} already. Choose another folder: --home DIR\n${olderHome(home)}`,
  )
}

const olderHome = ({ marker }: Home) => `If an earlier version of Portico made it, mark it: touch '${marker}'`

/** Node's own recursive `mkdir` never returns on some file systems, such as /proc. */
async function makeFolder(path: string): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  if (dirname(path) !== path) await makeFolder(dirname(path))
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    // Another process may have made it meanwhile.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  })
}
