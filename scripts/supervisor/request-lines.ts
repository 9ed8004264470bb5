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
 * the gateway words with `request_id=`.
 * @param logs name → path; of each the part that was put aside when it grew too long is read too
 */
export async function readRequestLines(logs: ReadonlyMap<string, string>, requestId: string): Promise<RequestLine[]> {
  const found: RequestLine[] = []
  for (const [name, path] of logs) {
    for (const file of [`${path}.1`, path].filter((each) => existsSync(each))) {
      for await (const text of createInterface({ input: createReadStream(file) })) {
        if (!text.includes(requestId)) continue
        const { id, time } = read(text)
        if (id === requestId) found.push({ name, time, text })
      }
    }
  }
  return found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
}

function read(line: string): { readonly id: unknown; readonly time: string } {
  try {
    const { requestId: id, time } = JSON.parse(line) as { requestId?: unknown; time?: unknown }
    return { id, time: typeof time === 'string' ? time : '' }
  } catch {
    const [, id] = / request_id=(\S+)/.exec(line) ?? []
    return { id, time: line.split(' ', 1)[0] ?? '' }
  }
}
