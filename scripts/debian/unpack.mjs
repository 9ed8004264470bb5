// Programs of Debian's packages without root, in plain JavaScript: the bootstrap needs it before anything is installed.
// apt-get checks the signatures and hashes of what it downloads; dpkg-deb only unpacks, and no package's script runs.
import { spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { onPath } from '../bootstrap/terminal.mjs'

/** Whether this system has what `unpackDebianPackages` uses. */
export const canUnpack = () => Boolean(onPath('apt-get') && onPath('dpkg-deb'))

/**
 * Downloads packages with every dependency that the system lacks, and unpacks them into `tools/debian/NAME`.
 *
 * @param tools The folder of the project's tools.
 * @param log What the programs print is appended here.
 * @returns The folder; undefined where it failed.
 */
export async function unpackDebianPackages({ name, packages, tools, log }) {
  const folder = join(tools, 'debian', name)
  if (existsSync(folder)) return folder
  const draft = `${folder}.${process.pid}`
  const apt = openApt(join(tools, 'debian', 'apt'), log)
  try {
    // The lists of an earlier time serve until they name a version that is gone.
    for (const attempt of [() => true, () => apt.update()]) {
      rmSync(draft, { recursive: true, force: true })
      mkdirSync(join(draft, 'downloads'), { recursive: true })
      if ((await attempt()) && (await fill(draft, packages, apt, log))) {
        if (existsSync(folder)) return folder
        renameSync(draft, folder)
        return folder
      }
    }
    return undefined
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

async function fill(draft, packages, apt, log) {
  const downloads = join(draft, 'downloads')
  const names = await apt.withDependencies(packages)
  if (names === undefined || !(await apt.download(names, downloads))) return false
  for (const file of readdirSync(downloads)) {
    const { code } = await runLogged('dpkg-deb', ['-x', join(downloads, file), draft], log)
    if (code !== 0) return false
  }
  rmSync(downloads, { recursive: true })
  return true
}

/** apt-get with package lists and a cache in a folder that is ours; the system's are neither written nor needed. */
function openApt(folder, log) {
  const lists = join(folder, 'lists')
  const cache = join(folder, 'cache')
  mkdirSync(join(lists, 'partial'), { recursive: true })
  mkdirSync(join(cache, 'archives', 'partial'), { recursive: true })
  const options = ['-q', '-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`]
  const apt = (words, cwd) => runLogged('apt-get', [...options, ...words], log, cwd)
  return {
    update: async () => (await apt(['update'])).code === 0,
    /** The names of these packages and of all they depend on, less what the system has. */
    async withDependencies(packages) {
      const { code, output } = await apt(['--simulate', 'install', '--no-install-recommends', ...packages])
      return code === 0 ? [...output.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name) : undefined
    },
    download: async (names, cwd) => names.length === 0 || (await apt(['download', ...names], cwd)).code === 0,
  }
}

function runLogged(command, args, log, cwd) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
        appendFileSync(log, text, { mode: 0o600 })
      })
    }
    child.once('error', (error) => done({ code: 1, output: error.message }))
    child.once('close', (code) => done({ code: code ?? 1, output }))
  })
}

/**
 * Writes a script that becomes a program, with the unpacked libraries for that program alone. All paths are relative to the
 * script, so that the checkout can be moved.
 *
 * @param folder Where the packages were unpacked; the script calls it `$root`.
 * @param program The path of the program.
 * @param options More options for the program, as shell words.
 * @param inFolder Whether the program starts in `folder`.
 */
export function writeLauncher(path, { folder, program, options = '', inFolder = false }) {
  const from = dirname(path)
  const libraries = ['usr/lib', 'lib'].flatMap((parent) =>
    list(join(folder, parent))
      .filter((name) => name.includes('-linux-gnu'))
      .map((name) => `$root/${parent}/${name}`),
  )
  const lines = [
    '#!/bin/sh',
    `here=$(CDPATH= cd -- "\${0%/*}" && pwd) || exit 1`,
    `root="$here/${relative(from, folder)}"`,
    `export LD_LIBRARY_PATH="${libraries.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`,
    ...(inFolder ? ['cd -- "$root" || exit 1'] : []),
    `exec "$here/${relative(from, program)}" "$@"${options && ` ${options}`}`,
  ]
  mkdirSync(from, { recursive: true })
  writeFileSync(`${path}.new`, `${lines.join('\n')}\n`)
  chmodSync(`${path}.new`, 0o755)
  renameSync(`${path}.new`, path)
}

function list(folder) {
  return existsSync(folder) ? readdirSync(folder) : []
}
