import { UserError } from '../command-line/user-error.ts'
import type { Report } from '../supervisor/report.ts'
import type { DatastoreKind, ServerProgram } from './datastore.ts'
import { installCommand, managers, type PackageNames } from './packages.mjs'
import { findProgram } from './programs.ts'

export interface LadderOptions {
  readonly noInstall: boolean
  /** Told, aloud, what is going to be installed before it is, and how long it takes. */
  readonly report: Pick<Report, 'note' | 'begin' | 'done'>
  /** Where the installing programs' output goes. */
  readonly log: string
}

/** No server for a datastore could be found or installed; the message names the ways to give one. */
export class MissingDatastoreError extends UserError {
  /** The packages that bring it, by package manager. */
  readonly packages: PackageNames

  constructor(message: string, packages: PackageNames = {}) {
    super(message)
    this.packages = packages
  }
}

/** All that is missing as one error, with the one line that installs it where the system's package manager can. */
export async function describeAllMissing(errors: readonly MissingDatastoreError[]): Promise<MissingDatastoreError> {
  const messages = [...new Set(errors.map(({ message }) => message))]
  for (const manager of managers) {
    const packages = [...new Set(errors.flatMap((error) => error.packages[manager] ?? []))]
    if (packages.length === 0 || (await findProgram(manager)) === undefined) continue
    const every = errors.every((error) => error.packages[manager] !== undefined)
    messages.push(`${every ? 'All' : 'Some'} of it comes with:\n  ${installCommand(manager, packages)}`)
    break
  }
  return new MissingDatastoreError(messages.join('\n\n'))
}

/** Finds a server on this machine for a datastore, or installs one.
 *  @throws MissingDatastoreError */
export async function findOrInstall(
  kind: DatastoreKind,
  directory: string,
  options: LadderOptions,
): Promise<ServerProgram> {
  const found = await kind.find(directory)
  if (found !== undefined) return found
  const tried: string[] = []
  if (!options.noInstall) {
    for (const installation of await kind.installations()) {
      options.report.note(`installing ${kind.title}: ${installation.description}`)
      const step = `get ${kind.title}`
      options.report.begin(step)
      const installed = (await installation.run(options.log)) && (await kind.find(directory))
      options.report.done(step, installed ? installed.title : 'failed')
      if (installed) return installed
      tried.push(installation.description)
    }
  }
  throw new MissingDatastoreError(describeMissing(kind, tried, options), kind.packages)
}

function describeMissing(kind: DatastoreKind, tried: readonly string[], options: LadderOptions): string {
  const why = options.noInstall
    ? 'nothing is installed, as --no-install says.'
    : tried.length > 0
      ? `installing it failed: ${tried.join('; ')} (see ${options.log}).`
      : 'there is no package manager here that may be used for it (most need root).'
  return [
    `${kind.title} is missing: there is no server on PATH, and ${why}`,
    'Any one of these gives it:',
    `  - the URL of a running server:  ${kind.variable}=${kind.example} npm start`,
    `  - a server binary on PATH:      ${kind.executables.join(', or ')}`,
    '  - everything in containers:     docker compose up',
  ].join('\n')
}
