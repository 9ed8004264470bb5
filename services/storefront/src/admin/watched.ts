import { exchange } from '@portico/service-kit'

/** A process that the panel watches, by name, and where it answers. */
export type Watched = Readonly<Record<string, string>>

const TIMEOUT_MS = 5000

/** A watched process did not answer as it should. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/** Reads a page of another process, within five seconds and the limit of `exchange`. @throws NoAnswer */
export async function readPage(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  try {
    return await exchange(new URL(url), { method: 'GET', headers, timeoutMs: TIMEOUT_MS })
  } catch (cause) {
    throw new NoAnswer(`${new URL(url).pathname}: no answer`, { cause })
  }
}
