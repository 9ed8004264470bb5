import { readFileSync } from 'node:fs'
import fc from 'fast-check'

/** Seeds that once found something, by property; they are tried first for ever after. */
const kept: Readonly<Record<string, readonly number[]>> = JSON.parse(
  readFileSync(new URL('fuzz-seeds.json', import.meta.url), 'utf8'),
)

/** In `npm run test:long -- fuzz`; else a few seconds have to do. */
const wantedRuns = Number(process.env.PORTICO_FUZZ_RUNS ?? 0)
const givenSeed = process.env.PORTICO_FUZZ_SEED
const shortRuns = 400
const keptRuns = 200

/** So long may one property take, in milliseconds. */
export const fuzzTimeout = wantedRuns > 0 ? 3_600_000 : 60_000

interface Effort {
  /** The part of a long run's tries that a slow property gets. */
  readonly share?: number
  /** Time limit of a short run. */
  readonly seconds?: number
}

/**
 * Tries a property with the kept seeds and then with a new one, which is printed; `PORTICO_FUZZ_SEED` and
 * `PORTICO_FUZZ_RUNS` set both. * @throws Error with the smallest counterexample, its seed and path.
 */
export async function fuzz<T>(
  name: string,
  arbitrary: fc.Arbitrary<T>,
  predicate: (value: T) => Promise<void>,
  { share = 1, seconds = 3 }: Effort = {},
) {
  const property = fc.asyncProperty(arbitrary, predicate)
  for (const seed of kept[name] ?? []) await fc.assert(property, { seed, numRuns: keptRuns })
  const seed = givenSeed === undefined ? Date.now() % 2 ** 31 : Number(givenSeed)
  const short = { numRuns: shortRuns, interruptAfterTimeLimit: seconds * 1000 }
  const started = performance.now()
  const details = await fc.check(property, {
    seed,
    ...(wantedRuns > 0 ? { numRuns: Math.ceil(wantedRuns * share) } : short),
  })
  const spent = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`fuzz: ${name}: ${details.numRuns} tries in ${spent} s, seed ${seed}`)
  if (details.failed && !details.interrupted)
    throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance })
}

/** Cuts bytes at arbitrary places. */
export const cutUp = (text: string, cuts: readonly number[]): string[] => {
  const ends = [...new Set(cuts.map((cut) => (text.length === 0 ? 0 : cut % text.length)))].sort((a, b) => a - b)
  const pieces: string[] = []
  let start = 0
  for (const end of [...ends, text.length]) {
    if (end > start) pieces.push(text.slice(start, end))
    start = end
  }
  return pieces
}

/** Where to cut: mostly nowhere or in a few places. */
export const cuts = fc.array(fc.nat(4096), { maxLength: 4 })

/** Any bytes, as latin1 text. */
export const anyBytes = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'))

/** One change to a text: bytes taken out, put in, or doubled. */
type Mutation = { readonly at: number; readonly drop: number; readonly insert: string; readonly double: number }

const mutation: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat(600),
  drop: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(40)),
  insert: fc.oneof(
    fc.constantFrom('', '', '\r', '\n', '\r\n', ' ', '\t', '\0', ':', ',', ';', '%', '/', '0', '\x80', '\xff', '\x7f'),
    fc.constantFrom('Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', 'Host: y\r\n', 'Connection: close\r\n'),
    fc.constantFrom('0\r\n\r\n', 'HTTP/1.1', 'GET /x HTTP/1.1\r\nHost: x\r\n\r\n', 'Expect: 100-continue\r\n'),
    anyBytes,
  ),
  double: fc.oneof(fc.constant(0), fc.nat(60)),
})

function mutate(text: string, { at, drop, insert, double }: Mutation): string {
  const place = text.length === 0 ? 0 : at % text.length
  return text.slice(0, place) + insert + text.slice(place, place + double) + text.slice(place + drop)
}

/** A text of the given ones, changed in up to four places. */
export const mutations = (texts: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(texts, fc.array(mutation, { maxLength: 4 })).map(([text, changes]) => changes.reduce(mutate, text))
