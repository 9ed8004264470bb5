import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { hostSettings } from './host-settings.ts'

const run = promisify(execFile)
const project = join(import.meta.dirname, '../..')
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const START_MS = 900_000

/**
 * Runs a command in the machine with mounts and processes of its own, which end with it. After `pivot_root` the machine is
 * like a real one; in a plain `chroot` the kernel refuses user namespaces, as the default seccomp profile of containers
 * does (user_namespaces(7)).
 */
const enter = `set -e
root="$0" way="$1"
shift
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
[ "$way" = pivot_root ] || exec chroot "$root" "$@"
cd "$root"
mkdir -p .host
pivot_root . .host
umount -l /.host
exec chroot . "$@"`

export interface MachineOptions {
  /** The major version of the Node that somebody has installed there. */
  readonly node: 20 | 22
  readonly user: 'root' | 'ada'
  /** Where the project is. */
  readonly folder: string
  /** Whether the kernel lets root make user namespaces, which containers forbid. */
  readonly namespaces: boolean
}

/** A minimal Debian with Node and the project's tracked files, and nothing else. */
export interface Machine {
  /** Its file system. */
  readonly root: string
  /** What `npm start` printed so far. */
  readonly output: () => string
  /** Runs `npm start` until it is ready. @returns the shop's URL */
  start(): Promise<string>
  /** Ends everything that runs in the machine, and deletes it. */
  remove(): Promise<void>
}

/** A minimal Debian that machines are copied from. @returns its folder */
export async function makeDebian(debootstrap: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'portico-debian-'))
  // The owner's folder only, unless opened: a machine's / is everybody's.
  await chmod(root, 0o755)
  await run(debootstrap, ['--variant=minbase', '--force-check-gpg', 'bookworm', root], { maxBuffer: 50_000_000 })
  return root
}

/** Copies a Debian, and brings Node and the project there. */
export async function makeMachine(debian: string, options: MachineOptions): Promise<Machine> {
  const root = `${debian}-${basename(options.folder).replace(/\W/g, '-')}-${options.user}-${options.node}`
  await run('cp', ['-a', '--reflink=auto', debian, root])
  const settings = await hostSettings(root)
  await installNode(root, options.node)
  const folder = join(root, options.folder)
  await mkdir(folder, { recursive: true })
  const copy = 'git ls-files -z | tar --null -T - -cf - | tar -C "$0" -xf -'
  await run('sh', ['-c', copy, folder], { cwd: project })
  if (options.user === 'ada') await addUser(root)

  let output = ''
  let inside: ChildProcess | undefined
  return {
    root,
    output: () => output,
    async start() {
      inside = enterMachine(root, options, settings, 'exec npm start -- --proxy-port 0 --admin-port 0')
      return await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`not ready after ${START_MS} ms:\n${output}`)), START_MS)
        const read = (text: string) => {
          output += text
          const url = /^ {2}Shop +(\S+)$/m.exec(output)?.[1]
          if (url !== undefined && output.includes('takes effect at once')) resolve(url)
        }
        for (const stream of [inside?.stdout, inside?.stderr]) stream?.setEncoding('utf8').on('data', read)
        inside?.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)))
        inside?.once('exit', () => clearTimeout(timer))
      })
    },
    async remove() {
      if (inside?.exitCode === null && inside.signalCode === null) {
        inside.kill('SIGKILL')
        await once(inside, 'exit')
      }
      await rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 })
    },
  }
}

function enterMachine(
  root: string,
  { user, folder, namespaces }: MachineOptions,
  settings: NodeJS.ProcessEnv,
  command: string,
): ChildProcess {
  const isolated = ['--mount', '--pid', '--fork', '--kill-child', '--', 'sh', '-c', enter]
  const as = user === 'root' ? [] : ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', '--no-new-privs']
  const shell = ['sh', '-c', `cd "$0" && ${command}`, folder]
  const place = [root, namespaces ? 'pivot_root' : 'chroot']
  return spawn('unshare', [...isolated, ...place, ...as, ...shell], {
    env: { ...settings, PATH: path, HOME: user === 'root' ? '/root' : '/home/ada', LANG: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Node and npm as a person would have them, from the npm registry. */
async function installNode(root: string, major: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'portico-node-'))
  const platform = `node-linux-${process.arch}`
  try {
    await run('npm', ['install', '--prefix', folder, '--loglevel=error', `${platform}@${major}`, 'npm@10'])
    const modules = join(root, 'usr/local/lib/node_modules')
    await mkdir(modules, { recursive: true })
    await cp(join(folder, 'node_modules', platform, 'bin/node'), join(root, 'usr/local/bin/node'))
    await cp(join(folder, 'node_modules/npm'), join(modules, 'npm'), { recursive: true, verbatimSymlinks: true })
    await run('ln', ['-s', '../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm')])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** An ordinary user who owns her home and nothing else. */
async function addUser(root: string): Promise<void> {
  await appendFile(join(root, 'etc/passwd'), 'ada:x:1000:1000::/home/ada:/bin/sh\n')
  await appendFile(join(root, 'etc/group'), 'ada:x:1000:\n')
  await run('chown', ['-R', '1000:1000', join(root, 'home/ada')])
}
