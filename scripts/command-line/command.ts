import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { refuseSwallowedOptions } from './swallowed-options.ts'
import { UserError } from './user-error.ts'

/** Options and free words of a command line, options by their names. */
export interface Arguments {
  readonly flags: Readonly<Record<string, boolean>>
  readonly values: Readonly<Record<string, string>>
  readonly words: readonly string[]
}

export interface Command {
  /** Shown for `--help`. */
  readonly help: string
  readonly options: ParseArgsOptionsConfig
  /** How many words besides options it takes at most; without it none. */
  readonly maxWords?: number
  run(args: Arguments): Promise<number>
}

/** Runs a command with the words of the command line and ends the process with its exit code. What a person can put
 *  right is shown as its message alone. */
export async function runCommand(command: Command): Promise<never> {
  try {
    const args = readArguments(process.argv.slice(2), command.options)
    if (args.flags.help) console.log(command.help)
    else {
      refuseSwallowedOptions(Object.keys(command.options), process.argv.slice(1), process.env)
      refuseExtraWords(args.words, command.maxWords ?? 0)
    }
    process.exit(args.flags.help ? 0 : await command.run(args))
  } catch (error) {
    console.error(error instanceof UserError ? `\n${error.message}` : (fileRefusal(error) ?? error))
    process.exit(1)
  }
}

const refusals: Readonly<Record<string, string>> = {
  EACCES: 'this user lacks the permission',
  EDQUOT: "this user's disk quota is used up",
  ENOSPC: 'the disk is full',
  EPERM: 'this user lacks the permission',
  EROFS: 'the file system is read-only',
}

/** The message for a file that the operating system refuses to read or write, which is no error of the program. */
export function fileRefusal(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && 'path' in error)) return undefined
  const reason = refusals[String(error.code)]
  return reason && `\n${error.path} can't be used: ${reason}.`
}

/** @throws UserError for an option that doesn't exist, naming the one that was probably meant. */
export function readArguments(given: string[], options: ParseArgsOptionsConfig): Arguments {
  const known: ParseArgsOptionsConfig = { ...options, help: { type: 'boolean', short: 'h' } }
  for (const word of given) requireKnown(word, known)
  try {
    const { values, positionals } = parseArgs({ args: given, options: known, allowPositionals: true })
    const entries = Object.entries(values)
    return {
      flags: Object.fromEntries(entries.filter(([, value]) => value === true)) as Record<string, boolean>,
      values: Object.fromEntries(entries.filter(([, value]) => typeof value === 'string')) as Record<string, string>,
      words: positionals,
    }
  } catch (error) {
    if (error instanceof TypeError) throw new UserError(error.message)
    throw error
  }
}

function refuseExtraWords(words: readonly string[], most: number): void {
  const extra = words.slice(most)
  if (extra.length === 0) return
  const taken = most === 0 ? 'takes no words, only options' : `takes ${most === 1 ? 'one word' : `${most} words`}`
  throw new UserError(`Not understood: ${extra.join(' ')}. This command ${taken}; see --help.`)
}

function requireKnown(word: string, options: ParseArgsOptionsConfig): void {
  const name = /^--([^=]+)/.exec(word)?.[1]
  if (name === undefined || name in options) return
  const close = findClosest(name, Object.keys(options))
  throw new UserError(`There is no option --${name}${close === undefined ? '' : `; did you mean --${close}?`}`)
}

/** The word that differs least from the one given, if it is near enough to have been meant. */
export function findClosest(given: string, words: readonly string[]): string | undefined {
  const near = words
    .map((word) => ({ word, distance: editDistance(given, word) }))
    .sort((a, b) => a.distance - b.distance)[0]
  return near !== undefined && near.distance <= Math.max(1, given.length / 3) ? near.word : undefined
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
