import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'

/** What a finished program said, and how it ended; `code` is -1 when it could not be started. */
export interface Finished {
  readonly code: number
  readonly output: string
}

const running = new Set<ChildProcess>()

// Whoever stops us by a signal to this process alone would leave an installer or a test run behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM')
})

/** Makes sure that this child doesn't outlive us. */
export function endWithUs(child: ChildProcess): void {
  running.add(child)
  child.once('exit', () => running.delete(child))
}

/** Runs a program to its end and collects what it says (at most 10 MB). Never throws. */
export function runProgram(command: string, args: readonly string[], cwd?: string): Promise<Finished> {
  return new Promise((resolve) => {
    const child = execFile(command, args, { cwd, maxBuffer: 10_000_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ code, output: `${stdout}${stderr}${code === -1 ? (error?.message ?? '') : ''}` })
    })
    endWithUs(child)
  })
}

/** Runs a program to its end with everything it says appended to a log file; its exit code, -1 if it could not start. */
export async function runLogged(
  command: string,
  args: readonly string[],
  log: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const file = openSync(log, 'a', 0o600)
  const child = spawn(command, args, { env, stdio: ['ignore', file, file] })
  closeSync(file)
  return await ended(child)
}

/** Runs a program to its end in this terminal; its exit code, -1 if it could not start or was ended by a signal. When
 *  `stopping` aborts it is interrupted, and ended for good if that doesn't help within eight seconds. */
export async function runHere(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly stopping?: AbortSignal } = {},
): Promise<number> {
  const { env, cwd, stopping } = options
  const child = spawn(command, args, { env, cwd, stdio: 'inherit' })
  const interrupt = () => {
    child.kill('SIGINT')
    setTimeout(() => child.kill('SIGKILL'), 8000).unref()
  }
  stopping?.addEventListener('abort', interrupt, { once: true })
  return await ended(child)
}

function ended(child: ChildProcess): Promise<number> {
  endWithUs(child)
  return new Promise((resolve) => {
    child.once('error', () => resolve(-1))
    child.once('exit', (code) => resolve(code ?? -1))
  })
}
