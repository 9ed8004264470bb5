/** A process that the panel watches, by name, and where it answers. */
export type Watched = Readonly<Record<string, string>>

const TIMEOUT_MS = 5000
/** No answer of ours is nearly as large. */
const MAX_BYTES = 16 * 1024 * 1024

/** A watched process did not answer as it should. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/** Reads a page of another process, within five seconds. @throws NoAnswer */
export async function readPage(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  try {
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
    if (Number(response.headers.get('content-length') ?? 0) > MAX_BYTES) throw new NoAnswer('the answer is too large')
    return { status: response.status, text: await response.text() }
  } catch (cause) {
    throw new NoAnswer(`${new URL(url).pathname}: no answer`, { cause })
  }
}
