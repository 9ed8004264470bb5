import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, chmod, chown, lchown, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { UserError } from '../command-line/user-error.ts'
import type { DatastoreKind, Place, ServerProgram } from '../datastores/datastore.ts'
import { confinement, nobody, unprivileged } from '../datastores/unprivileged.ts'
import { type Home, toolsFolder } from '../home.ts'
import { endWithUs } from '../run-program.ts'

const preparer = join(import.meta.dirname, 'prepare-datastore.ts')

/** The folder of a datastore. Where servers run as nobody it is in a folder of theirs, since they may write there: root
 *  never writes in it. Data of an earlier start in another way are moved.
 *  @throws UserError when nobody can't enter the home */
export async function openDatastoreFolder(home: Home, name: string): Promise<string> {
  const shared = join(home.data('nobody'), name)
  const own = home.data(name)
  const asNobody = confinement() === 'nobody'
  if (asNobody) await letNobodyIn(home)
  const [here, there] = asNobody ? [shared, own] : [own, shared]
  if (!existsSync(here) && existsSync(there)) {
    await chownTree(there, asNobody ? nobody : (process.getuid?.() ?? 0))
    await rename(there, here)
  }
  return here
}

/** What a server's environment needs besides its own: nobody can't read the home directory of root. */
export const homeOfServer = ({ directory }: Pick<Place, 'directory'>): Readonly<Record<string, string>> =>
  confinement() === 'nobody' ? { HOME: dirname(directory) } : {}

/** Prepares a server's data folder with the rights that the server itself has. @throws UserError */
export async function prepareDatastore(
  name: string,
  kind: DatastoreKind,
  program: ServerProgram,
  place: Place,
): Promise<void> {
  if (confinement() !== 'nobody') return await kind.prepare(program, place)
  const log = `${place.directory}.log`
  const [command, args] = unprivileged(process.execPath, ['--', preparer])
  const child = spawn(command, args, {
    cwd: '/',
    env: { ...process.env, ...homeOfServer(place) },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  endWithUs(child)
  // Not on the command line, which everybody can read: it has the password.
  child.stdin.end(JSON.stringify({ name, program, place: { ...place, log } }))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [code, output] = await Promise.all([ended, text(child.stderr)])
  await appendFile(place.log, await readFile(log).catch(() => ''))
  await rm(log, { force: true })
  if (code !== 0) throw new UserError(output.trim() || `The data folder of ${kind.title} could not be made.`)
}

async function letNobodyIn(home: Home): Promise<void> {
  const folder = home.data('nobody')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chown(folder, nobody, nobody)
  // To pass through, not to list. What others may not read there has rights of its own.
  for (const passage of [dirname(toolsFolder), home.root, home.data('.')]) await chmod(passage, 0o711)
  const needed = [folder, process.execPath, preparer]
  const closed = needed.map(firstClosed).find((path) => path !== undefined)
  if (closed === undefined) return
  throw new UserError(
    [
      `Database servers are not run as root but as the user nobody, and nobody may not enter ${closed}.`,
      'Any one of these helps:',
      `  - let everybody pass through it:                 chmod o+x '${closed}'`,
      '  - put the project and its home somewhere open:   /srv, /opt',
      '  - start Portico as an ordinary user',
    ].join('\n'),
  )
}

/** The outermost folder on a path that nobody may not enter, or the path itself if it can't be read. */
function firstClosed(path: string): string | undefined {
  if (nobodyMay('-r', path)) return undefined
  for (let folders = [path]; ; folders = [dirname(folders[0] ?? '/'), ...folders]) {
    if (folders[0] !== '/') continue
    return folders.slice(0, -1).find((folder) => !nobodyMay('-x', folder)) ?? path
  }
}

function nobodyMay(right: '-r' | '-x', path: string): boolean {
  return spawnSync(...unprivileged('test', [right, path]), { stdio: 'ignore' }).status === 0
}

async function chownTree(path: string, user: number): Promise<void> {
  for (const entry of await readdir(path, { recursive: true })) await lchown(join(path, entry), user, user)
  await lchown(path, user, user)
}
