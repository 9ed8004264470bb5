/** The format of the recorded answers in `kong/vectors`; its README says what the fields mean. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Json } from './json.ts'

export type HeaderPair = [name: string, value: string]

/** One request, written to the socket exactly as it says. Texts are latin1. */
export interface RawRequest {
  method?: string
  target?: string
  headers?: HeaderPair[]
  body?: string
  /** Default `localhost`; null sends no Host. */
  host?: string | null
  /** Default `1.1`. */
  http?: string
  /** All bytes of the request, instead of the rest. */
  raw?: string
  /** The loopback address to call from. */
  from?: string
}

export interface Step {
  request: RawRequest
  /** The request goes to the Admin API. */
  admin?: boolean
  repeat?: number
  /** Milliseconds to wait before, and after the answer. */
  wait?: number
  settle?: number
  roomIn?: [window: 'second' | 'minute' | 'hour' | 'day', seconds: number]
  count?: true | 'spread' | 'status'
  /** Milliseconds between requests that run at once. */
  stagger?: number
  follow?: boolean
  /** Answers the last active health check that this upstream saw. */
  probes?: string
  pick?: string[]
  drop?: string[]
  shape?: boolean
  schema?: boolean
  sets?: boolean
}

export interface RawAnswer {
  status: number
  headers: Record<string, string[]>
  body: string
  error?: string
}

export interface SeenRequest<Headers> {
  name: string
  method: string
  target: string
  headers: Headers
  body: string
}

export interface Tally {
  statuses: Record<string, number>
  upstreams?: Record<string, number> | number[]
}

/** What happened at one step: as it came, or normalised (headers of upstreams grouped by name). */
export type Outcome<Headers> =
  | { tally: Tally }
  | { config?: true; response: RawAnswer; upstream: SeenRequest<Headers>[] }
export type RawOutcome = Outcome<HeaderPair[]>
export type Answer = Outcome<Record<string, string[]>>

export interface Case {
  name: string
  config?: Json
  configText?: string
  configQuery?: string
  expectConfigError?: boolean
  /** Framing headers and the bytes of JSON are compared too. */
  strict?: boolean
  /** The order of members in bodies does not count. */
  unordered?: boolean
  mask?: [pattern: string, text: string][]
  /** Upstreams that listen on fixed ports for the length of the case. */
  fixed?: Record<string, number>
  steps?: Step[]
  answers: Answer[]
}

export interface Group {
  kong: string
  group: string
  /** Kong's own settings that the gateway must be started with. */
  env: Record<string, string>
  cases: Case[]
}

const folder = new URL('../vectors/', import.meta.url)

/** Reads every group, in the order of their names. */
export function readGroups(): Group[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name !== 'deviations.json')
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Group)
}
