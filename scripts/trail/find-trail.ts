import { type LogEntry, parseLine } from './log-entry.ts'
import { readLog } from './log-lines.ts'

/** An order, or a request; a request also by the id that its client saw. */
export type Sought = { readonly orderId: string } | { readonly requestId: string }

export interface Trail {
  /** In order of time. */
  readonly entries: readonly LogEntry[]
  /** How many more there are than are kept. */
  readonly omitted: number
}

/** Entries that are kept in memory and shown. */
const MAX_ENTRIES = 10_000
/** Requests that are followed. */
const MAX_REQUESTS = 1000

/**
 * What was written about an order or a request, by whichever process. Of an order, also what was written about the
 * requests that changed it; of a request, also what happened later because of it: events, charges and webhooks carry its
 * id. The logs are read several times, first for the ids of requests.
 * @param logs name → path
 */
export async function findTrail(logs: ReadonlyMap<string, string>, sought: Sought): Promise<Trail> {
  const requestIds = await findRequests(logs, sought)
  const entries: LogEntry[] = []
  let omitted = 0
  for await (const entry of entriesNaming(logs, (id) => requestIds.has(id) || id === idOf(sought))) {
    if (!belongsTo(entry, sought, requestIds)) continue
    if (entries.length < MAX_ENTRIES) entries.push(entry)
    else omitted++
  }
  return { entries: inOrderOfTime(entries), omitted }
}

const idOf = (sought: Sought): string => ('orderId' in sought ? sought.orderId : sought.requestId)

/** The client's id leads to the gateway's, and that to the webhook of its charge, which is sent under it. */
const MAX_ROUNDS = 3

async function findRequests(logs: ReadonlyMap<string, string>, sought: Sought): Promise<ReadonlySet<string>> {
  if ('orderId' in sought) return requestsWhere(logs, sought.orderId, ({ orderId }) => orderId === sought.orderId)
  let found: ReadonlySet<string> = new Set([sought.requestId])
  for (let round = 1, before = 0; round <= MAX_ROUNDS && found.size > before; round++) {
    before = found.size
    found = found.union(await requestsWhere(logs, found, ({ correlationId = '' }) => found.has(correlationId)))
  }
  return found
}

async function requestsWhere(
  logs: ReadonlyMap<string, string>,
  named: string | ReadonlySet<string>,
  isMeant: (entry: LogEntry) => boolean,
): Promise<Set<string>> {
  const found = new Set<string>()
  const isNamed = (id: string) => (typeof named === 'string' ? id === named : named.has(id))
  for await (const entry of entriesNaming(logs, isNamed)) {
    const { requestId } = entry
    if (typeof requestId === 'string' && found.size < MAX_REQUESTS && isMeant(entry)) found.add(requestId)
  }
  return found
}

function belongsTo(entry: LogEntry, sought: Sought, requestIds: ReadonlySet<string>): boolean {
  const { orderId, requestId } = entry
  const ofRequest = typeof requestId === 'string' && requestIds.has(requestId)
  if ('requestId' in sought) return ofRequest
  if (orderId === undefined) return ofRequest || asksToChange(entry, sought.orderId)
  return orderId === sought.orderId
}

/** Whether it is a line of the gateway about a request to change the order, which no service may have seen. */
const asksToChange = ({ method, path }: LogEntry, orderId: string): boolean =>
  typeof path === 'string' && !['GET', 'HEAD', 'OPTIONS'].includes(String(method)) && path.includes(orderId)

/** Ids as they stand in JSON, in the gateway's words, in its access log and in paths. */
const ids =
  /"(?:orderId|requestId|request_id|correlationId)":"([^"]+)"|request_id(?:=|: ")([\w.:#-]+)|\/([\da-f]{8}-[\da-f-]{27})/g

/** Every entry that names an id which is looked for. Lines are only parsed where they do. */
async function* entriesNaming(
  logs: ReadonlyMap<string, string>,
  isSought: (id: string) => boolean,
): AsyncGenerator<LogEntry> {
  for (const [name, path] of logs) {
    for await (const line of readLog(path)) {
      if (!line.matchAll(ids).some(([, json, text, inPath]) => isSought(json ?? text ?? inPath ?? ''))) continue
      const entry = parseLine(name, line)
      if (entry) yield entry
    }
  }
}

/**
 * nginx's access log names the whole second in which a request ended. Its line is put where the request began: before the
 * first line of a service about it, and at the latest at the end of that second.
 */
function inOrderOfTime(entries: readonly LogEntry[]): LogEntry[] {
  const isAccess = ({ message, path }: LogEntry) => message === 'request' && path !== undefined
  const began = new Map<unknown, number>()
  for (const entry of entries.filter((each) => !isAccess(each))) {
    const at = Date.parse(entry.time)
    began.set(entry.requestId, Math.min(began.get(entry.requestId) ?? at, at))
  }
  const placed = entries.map((entry) => {
    const at = Date.parse(entry.time)
    if (!isAccess(entry)) return { at, rank: 1, entry }
    const begin = Math.min(began.get(entry.requestId) ?? at, at + 999)
    return { at: begin, rank: 0, entry: { ...entry, time: new Date(begin).toISOString() } }
  })
  return placed.sort((a, b) => a.at - b.at || a.rank - b.rank).map(({ entry }) => entry)
}
