import { readFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { toolsFolder } from './home.ts'

/** A program from PyPI, and all that it needs, pinned by hash: pip refuses a file that differs from what was tested. */
export interface PythonPackage {
  readonly name: string
  readonly version: string
  /** Its virtual environment among the project's tools. */
  readonly folder: string
  /** For pip: installs it into the environment that pip runs in. */
  readonly pipArguments: readonly string[]
  /** Installs it; false where that failed. */
  install(python: string, run: RunProgram): Promise<boolean>
}

/** Runs a program to its end. @returns its exit code */
type RunProgram = (command: string, args: readonly string[]) => Promise<number>

/** @param lock A requirements file with hashes, in which the package itself stands too. */
export function pythonPackage(name: string, lock: string): PythonPackage {
  const version = new RegExp(`^${name}==(\\S+)`, 'm').exec(readFileSync(lock, 'utf8'))?.[1] ?? ''
  const folder = join(toolsFolder, `${name}-${version}`)
  const pipArguments = ['install', '--disable-pip-version-check', '--no-input', '--require-hashes', '-r', lock]
  return {
    name,
    version,
    folder,
    pipArguments,
    async install(python, run) {
      await rm(folder, { recursive: true, force: true, maxRetries: 10 })
      await mkdir(toolsFolder, { recursive: true })
      if ((await run(python, ['-m', 'venv', folder])) !== 0) return false
      return (await run(join(folder, 'bin', 'python3'), ['-m', 'pip', ...pipArguments])) === 0
    },
  }
}
