import { spawn } from 'node:child_process'
import { constants as access, accessSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root folder of this checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Something the person at the keyboard can put right. */
export class BootstrapError extends Error {}

/** All goes to standard error: `npm run status -- --json` prints JSON and nothing else. */
export const say = (text) => process.stderr.write(`${text}\n`)

/**
 * Runs a program to its end; what it prints goes to standard error.
 *
 * @param onLine Called with each line of its output, which is then not printed, and with a function that ends the program.
 * @returns Its exit code; 1 where it could not be started or was ended by `onLine`.
 */
export function run(command, args, { onLine, ...options } = {}) {
  return new Promise((done) => {
    const output = onLine ? 'pipe' : process.stderr
    const child = spawn(command, args, { ...options, stdio: ['ignore', output, output] })
    const stopForwarding = forwardSignals(child)
    let ended = false
    const end = () => {
      ended = true
      child.kill('SIGTERM')
    }
    for (const stream of [child.stdout, child.stderr]) if (stream) readLines(stream, (line) => onLine(line, end))
    child.once('error', (error) => {
      stopForwarding()
      say(error.message)
      done(1)
    })
    child.once('close', (code, signal) => {
      stopForwarding()
      if (signal && !ended) process.exit(128 + constants.signals[signal])
      done(code ?? 1)
    })
  })
}

function readLines(stream, onLine) {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop()
    lines.forEach(onLine)
  })
  stream.on('end', () => rest && onLine(rest))
}

/** Passes the signals that end this process on to a child; returns how to stop it. */
export function forwardSignals(child) {
  const forward = (signal) => child.kill(signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  return () => {
    for (const signal of signals) process.off(signal, forward)
  }
}

/** The path of an executable on PATH, or undefined. */
export function onPath(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

export function isExecutable(path) {
  try {
    accessSync(path, access.X_OK)
    return true
  } catch {
    return false
  }
}
