import { execFile, spawn } from 'node:child_process'
import { openSync } from 'node:fs'

/** What a finished program said, and how it ended; `code` is -1 when it could not be started. */
export interface Finished {
  readonly code: number
  readonly output: string
}

/** Runs a program to its end and collects what it says (at most 10 MB). Never throws. */
export function runProgram(command: string, args: readonly string[], env = process.env): Promise<Finished> {
  return new Promise((resolve) => {
    execFile(command, args, { env, maxBuffer: 10_000_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, output: `${stdout}${stderr}${code === -1 ? (error?.message ?? '') : ''}` })
    })
  })
}

/** Runs a program to its end with everything it says appended to a log file; its exit code, -1 if it could not start. */
export function runLogged(command: string, args: readonly string[], log: string, env = process.env): Promise<number> {
  return new Promise((resolve) => {
    const file = openSync(log, 'a', 0o600)
    const child = spawn(command, args, { env, stdio: ['ignore', file, file] })
    child.once('error', () => resolve(-1))
    child.once('exit', (code) => resolve(code ?? -1))
  })
}
