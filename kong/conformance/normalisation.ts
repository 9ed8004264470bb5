/** Turns what happened at a step into the form of the vectors: ports, ids and times give way to words. */
import { compareTexts, isObject, type Json, parseJson, sortKeys } from './json.ts'
import type { Answer, HeaderPair, RawOutcome, SeenRequest } from './vector.ts'
import { maskRequestIds, maskTimes, maskUuids, VOLATILE_HEADERS } from './volatile.ts'

export interface Ports {
  readonly proxy: number
  readonly admin: number
  readonly upstreams: Readonly<Record<string, number>>
}

/** @param known a text with the ids that the case itself names, which stay. */
export function normaliseOutcome(outcome: RawOutcome, ports: Ports, known: string): Answer {
  return JSON.parse(maskUuids(JSON.stringify(normalise(outcome, ports)), known)) as Answer
}

function normalise(outcome: RawOutcome, ports: Ports): Answer {
  if ('tally' in outcome) return { tally: outcome.tally }
  const { status, headers, body, error } = outcome.response
  const response = {
    status,
    headers: normaliseHeaders(headers, ports),
    body: normaliseBody(body, ports),
    ...(error && { error }),
  }
  if (headers['content-length'] && maskTimes(body) !== body) response.headers['content-length'] = ['<n>']
  const upstream = outcome.upstream.map((seen) => normaliseSeen(seen, ports))
  return { ...(outcome.config && { config: true as const }), response, upstream }
}

function normaliseSeen(seen: SeenRequest<HeaderPair[]>, ports: Ports): SeenRequest<Record<string, string[]>> {
  const headers: Record<string, string[]> = {}
  for (const [name, value] of [...seen.headers].sort(([a], [b]) => compareTexts(a, b))) {
    const isOwnPort = name === 'x-forwarded-port' && Number(value) === ports.proxy
    const shown = name === 'x-kong-request-id' ? '<id>' : isOwnPort ? '{{proxy.port}}' : namePorts(value, ports)
    headers[name] = [...(headers[name] ?? []), shown]
  }
  return {
    name: seen.name,
    method: seen.method,
    target: namePorts(seen.target, ports),
    body: namePorts(seen.body, ports),
    headers,
  }
}

const HOUR_IN_MS = 3_600_000

function normaliseHeaders(headers: Record<string, string[]>, ports: Ports): Record<string, string[]> {
  const fixedDate = (name: string, value: string) =>
    name === 'date' && Math.abs(Date.parse(value) - Date.now()) > HOUR_IN_MS
  return Object.fromEntries(
    Object.keys(headers)
      .sort()
      .map((name) => [
        name,
        (headers[name] ?? []).map((value) =>
          fixedDate(name, value) ? value : (VOLATILE_HEADERS[name] ?? namePorts(value, ports)),
        ),
      ]),
  )
}

const normaliseBody = (body: string, ports: Ports): string =>
  maskRequestIds(namePorts(nameJsonPorts(maskTimes(putInOrder(body)), ports), ports))

function namePorts(text: string, ports: Ports): string {
  let named = text
  for (const [name, port] of Object.entries(ports.upstreams)) named = named.replaceAll(`:${port}`, `:{{${name}.port}}`)
  return named.replaceAll(`:${ports.proxy}`, ':{{proxy.port}}').replaceAll(`:${ports.admin}`, ':{{admin.port}}')
}

function nameJsonPorts(text: string, ports: Ports): string {
  let named = text
  for (const [name, port] of Object.entries(ports.upstreams)) {
    named = named.replace(new RegExp(`(?<!\\\\)(" ?: ?)${port}\\b`, 'g'), `$1"{{${name}.port}}"`)
  }
  return named
}

/** Kong answers these in the order of its hash tables, which differs from start to start. */
function putInOrder(body: string): string {
  if (body.startsWith('{') && body.includes('"flattened_errors":[')) return orderFlattenedErrors(body)
  if (body.startsWith('{"config":"')) return orderConfigLines(body)
  return body
}

const byJson = (a: Json, b: Json): number => compareTexts(JSON.stringify(a), JSON.stringify(b))

function orderFlattenedErrors(body: string): string {
  const answer = parseJson(body)
  if (answer === undefined) return body
  const sorted = sortKeys(answer)
  if (!isObject(sorted) || !Array.isArray(sorted.flattened_errors)) return body
  for (const entity of sorted.flattened_errors) {
    if (isObject(entity) && Array.isArray(entity.errors)) entity.errors.sort(byJson)
  }
  sorted.flattened_errors.sort(byJson)
  return JSON.stringify(sorted)
}

/** GET /config: the lines of the YAML as a set. */
function orderConfigLines(body: string): string {
  const answer = parseJson(body)
  if (answer === undefined || !isObject(answer) || typeof answer.config !== 'string') return body
  const lines = answer.config.split('\n').map((line) => line.replace(/^[ -]+/, ''))
  return JSON.stringify({ config: lines.sort().join('\n') })
}
