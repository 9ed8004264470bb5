import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeLauncher } from '../debian/unpack.mjs'
import { pythonPackage } from '../python-packages.ts'
import { runLogged } from '../run-program.ts'
import type { Installation, ServerProgram } from './datastore.ts'
import { systemPackages } from './package-manager.ts'
import { findProgram, isExecutable, unpackedPrograms } from './programs.ts'
import { unpackedFolder, unpackedPackages } from './unpacked.ts'

const { version, folder, pipArguments, install } = pythonPackage(
  'secantusdb',
  join(import.meta.dirname, 'secantusdb.requirements.txt'),
)
const bin = join(folder, 'bin')

const pipDescription = `pip install secantusdb==${version} into .portico/tools (SecantusDB, a stand-in for MongoDB; 145 MB)`

/** The stand-in's server, in a virtual environment of the project's tools. */
export const standInProgram: ServerProgram = {
  path: join(bin, 'secantusd-py'),
  title: `SecantusDB ${version}, a stand-in for MongoDB`,
}

/** Whether its program and its Python are there: an installation may have been ended half-way. */
export const standInIsWhole = async (): Promise<boolean> =>
  (await isExecutable(standInProgram.path)) && (await isExecutable(join(bin, 'python3')))

/** Ways to install the stand-in: with the system's Python, with a package that completes it, or without root. */
export async function standInInstallations(): Promise<Installation[]> {
  const python = await findProgram('python3')
  const first = python === undefined ? [] : [installedBy(python)]
  // Debian's Python has no venv of its own.
  const packages = await systemPackages({ 'apt-get': 'python3-venv' })
  return [...first, ...packages.map(afterPackage), ...unpacked(python)]
}

function installedBy(python: string): Installation {
  return {
    description: pipDescription,
    run: (log) => install(python, (command, args) => runLogged(command, args, log)),
  }
}

function afterPackage(packaged: Installation): Installation {
  const standIn = installedBy('/usr/bin/python3')
  return {
    description: `${packaged.description}, then ${standIn.description}`,
    run: async (log) => (await packaged.run(log)) && (await standIn.run(log)),
  }
}

/** Without root: Debian's pip, and its Python where the system has none, are unpacked into the project's tools. */
function unpacked(python: string | undefined): Installation[] {
  const steps = ['python3-pip-whl', ...(python === undefined ? ['python3'] : [])].flatMap(unpackedPackages)
  if (steps.length === 0) return []
  return [
    {
      description: [...steps.map(({ description }) => description), pipDescription].join(', then '),
      async run(log) {
        for (const step of steps) if (!(await step.run(log))) return false
        return await installedByUnpackedPip(python ?? join(unpackedPrograms, 'python3'), log)
      },
    },
  ]
}

/** Debian's venv looks for its wheels in /usr/share alone, so pip runs from its wheel. */
async function installedByUnpackedPip(python: string, log: string): Promise<boolean> {
  await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  if ((await runLogged(python, ['-m', 'venv', '--without-pip', folder], log)) !== 0) return false
  const pip = await findPip()
  if (pip === undefined) return false
  const own = python.startsWith(unpackedPrograms)
  if (own) await launchWithUnpackedLibraries('python3')
  if ((await runLogged(join(bin, 'python3'), [pip, ...pipArguments], log)) !== 0) return false
  if (own) await launchWithUnpackedLibraries('secantusd-py')
  return true
}

/** pip in its wheel; nothing was unpacked where the system has the package. */
async function findPip(): Promise<string | undefined> {
  for (const root of [unpackedFolder('python3-pip-whl'), '/']) {
    const wheels = join(root, 'usr', 'share', 'python-wheels')
    const wheel = (await readdir(wheels).catch(() => [])).find((name) => name.startsWith('pip-'))
    if (wheel !== undefined) return join(wheels, wheel, 'pip')
  }
  return undefined
}

async function launchWithUnpackedLibraries(name: string): Promise<void> {
  const program = join(bin, `${name}.unpacked`)
  await rename(join(bin, name), program)
  writeLauncher(join(bin, name), { folder: unpackedFolder('python3'), program })
}
