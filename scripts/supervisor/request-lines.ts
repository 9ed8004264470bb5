import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** A line that a service wrote about a request. */
export interface RequestLine {
  readonly name: string
  /** RFC 3339; empty where the line has none. */
  readonly time: string
  readonly text: string
}

/**
 * What was written about one request, by whichever service, in the order of time. Services write JSON with `requestId`,
 * the gateway words with `request_id=`. The id may also be the one that the client saw, which access logs call
 * `correlationId`.
 * @param logs name → path; of each the part that was put aside when it grew too long is read too
 */
export async function readRequestLines(logs: ReadonlyMap<string, string>, id: string): Promise<RequestLine[]> {
  const ids = new Set([id])
  for await (const { correlationId, requestId } of linesWith(logs, new Set([id]))) {
    if (correlationId === id && typeof requestId === 'string') ids.add(requestId)
  }
  const found: RequestLine[] = []
  for await (const { name, time, text, requestId } of linesWith(logs, ids)) {
    if (typeof requestId === 'string' && ids.has(requestId)) found.push({ name, time, text })
  }
  return found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
}

interface Line extends RequestLine {
  readonly requestId: unknown
  readonly correlationId?: unknown
}

/** Every line in which one of the ids stands somewhere. */
async function* linesWith(logs: ReadonlyMap<string, string>, ids: ReadonlySet<string>): AsyncGenerator<Line> {
  for (const [name, path] of logs) {
    for (const file of [`${path}.1`, path].filter((each) => existsSync(each))) {
      for await (const text of createInterface({ input: createReadStream(file) })) {
        if ([...ids].some((id) => text.includes(id))) yield { name, text, ...read(text) }
      }
    }
  }
}

function read(line: string): Pick<Line, 'time' | 'requestId' | 'correlationId'> {
  try {
    const { time, requestId, correlationId } = JSON.parse(line) as Record<string, unknown>
    return { time: typeof time === 'string' ? time : '', requestId, correlationId }
  } catch {
    const [, requestId] = / request_id=(\S+)/.exec(line) ?? []
    return { time: line.split(' ', 1)[0] ?? '', requestId }
  }
}
