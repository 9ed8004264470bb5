import type { LoadResult, Problem } from './config/load.ts'

/** Where a configuration came from. */
export type Origin = 'start' | 'file' | 'admin'

/** What `GET /status` says of the edit that was refused, as long as the one before it stays in force. */
export interface ConfigurationError {
  /** When, RFC 3339. */
  readonly at: string
  readonly source: Origin
  readonly problems: readonly Problem[]
}

/** Which configuration is in force, and what became of the last one that was tried. */
export class ConfigurationState {
  #error: ConfigurationError | undefined

  get error(): ConfigurationError | undefined {
    return this.#error
  }

  note(result: LoadResult, source: Origin, at: Date): void {
    if (result.ok) this.#error = undefined
    else if (source !== 'admin') this.#error = { at: at.toISOString(), source, problems: result.problems }
  }

  /** The file could not even be read. */
  noteUnreadable(message: string, source: Origin, at: Date): void {
    const problem = { line: undefined, column: undefined, path: '', message }
    this.#error = { at: at.toISOString(), source, problems: [problem] }
  }
}

/** `12:7 services[0].host: …`, for logs and terminals. */
export function describeProblem({ line, column, path, message }: Problem): string {
  const place = line === undefined ? '' : `${line}:${column ?? 1} `
  return `${place}${path === '' ? '' : `${path}: `}${message}`
}
