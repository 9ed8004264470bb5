import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { canUnpack, unpackDebianPackages, writeLauncher } from '../debian/unpack.mjs'
import { runWithNpm } from './npm.mjs'
import { describeMissing } from './prerequisites.mjs'
import { BootstrapError, onPath, root, run, say } from './terminal.mjs'

/** The major version that the project runs on. */
export const pinnedMajor = 26

const modules = join(root, 'node_modules')
const folder = join(modules, 'node')
const executable = join(folder, 'bin', 'node')

/** Runs the Node that the project pins: a link to it, or a launcher where its libraries are not the system's. */
export const pinnedNode = join(modules, '.bin', 'node')

/** Fetches the executable of the npm package `node`, as its install script does. @throws {BootstrapError} */
export async function fetchNode() {
  say(`Fetching Node ${pinnedMajor} …`)
  const code = await runWithNpm([process.execPath, 'installArchSpecificPackage'], folder)
  // npm links only what is there when it installs.
  if (code === 0) link(join('..', 'node', 'bin', 'node'))
  if (code === 0 && existsSync(pinnedNode)) return
  throw new BootstrapError(
    `Node ${pinnedVersion()} could not be fetched from the npm registry for ${process.platform}-${process.arch}.\n` +
      `Install Node ${pinnedMajor} on this machine instead (https://nodejs.org), and start again.`,
  )
}

function link(target) {
  rmSync(pinnedNode, { force: true })
  mkdirSync(dirname(pinnedNode), { recursive: true })
  symlinkSync(target, pinnedNode)
}

const pinnedVersion = () => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version

/** What the pinned Node prints when it does not start; undefined when it does. */
export function whyPinnedDoesNotStart() {
  const { status, stderr, error } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' })
  return status === 0 ? undefined : (error?.message ?? stderr.trim())
}

/** A shared library of Node that minimal systems lack, and the package that has it, by package manager. */
const libraryPackages = {
  'libatomic.so.1': { 'apt-get': 'libatomic1', dnf: 'libatomic', pacman: 'gcc-libs' },
  'libstdc++.so.6': { 'apt-get': 'libstdc++6', dnf: 'libstdc++', pacman: 'gcc-libs' },
}

/**
 * Makes the pinned Node start: replaces it by the machine's own where that is recent enough, else brings the library that
 * it lacks.
 *
 * @param reason What the pinned Node printed.
 * @throws {BootstrapError} that says what is missing and how to get it.
 */
export async function makePinnedStart(reason, { noInstall }) {
  if (Number(process.versions.node.split('.')[0]) >= pinnedMajor) return link(process.execPath)
  const library = /loading shared libraries: (\S+?): cannot open/.exec(reason)?.[1]
  const debian = libraryPackages[library]?.['apt-get']
  if (debian && !noInstall && onPath('apt-get')) {
    say(`Node ${pinnedVersion()}, which the project runs on, needs ${library}, which this machine lacks.`)
    if (process.getuid() === 0 && (await installWithApt(debian)) && !whyPinnedDoesNotStart()) return
    if (canUnpack() && (await unpackLibrary(debian)) && !whyPinnedDoesNotStart()) return
  }
  throw new BootstrapError(describe(reason, library))
}

async function installWithApt(name) {
  const words = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', name]
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const quietly = (args) => run('apt-get', ['-qq', ...args], { env, onLine: (line) => /^E:/.test(line) && say(line) })
  say(`  installing it: apt-get ${words.join(' ')}`)
  if ((await quietly(words)) === 0) return true
  say('  apt-get update first …')
  return (await quietly(['update'])) === 0 && (await quietly(words)) === 0
}

async function unpackLibrary(name) {
  say(`  unpacking Debian's package ${name} into .portico/tools, without root`)
  const tools = join(root, '.portico', 'tools')
  const unpacked = await unpackDebianPackages({ name, packages: [name], tools, log: join(tools, 'unpack.log') })
  if (unpacked) {
    rmSync(pinnedNode, { force: true })
    writeLauncher(pinnedNode, { folder: unpacked, program: executable })
  }
  return unpacked !== undefined
}

function describe(reason, library) {
  const packages = libraryPackages[library] ?? {}
  const manager = Object.keys(packages).find(onPath)
  return [
    `Node ${pinnedVersion()}, which the project runs on, does not start on this machine:`,
    `  ${reason}`,
    ...(manager ? [describeMissing(manager, packages[manager])] : []),
    `${manager ? 'Or install' : 'Install'} Node ${pinnedMajor} or later on this machine (https://nodejs.org). Then start again.`,
  ].join('\n')
}
