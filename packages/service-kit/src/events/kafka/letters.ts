import type { KafkaLine } from './line.ts'
import { append, type KafkaRecord, read } from './log.ts'
import { KafkaRefusal } from './refusal.ts'

/** How long one who takes a letter out has for it, before another may. */
const CLAIM_MS = 30_000
/** Below how long the broker keeps the records that void others: whoever did not look for so long looks at everything. */
const STALE_MS = 12 * 3600 * 1000
/** The key of claims, which no letter has. */
const CLAIM = 'claim'

/** What the JSON of a record is, or undefined where a stranger wrote something else. */
export function parsed<T>(text: string): Partial<T> | undefined {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}

interface Claim {
  readonly key: string
  readonly by: string
  readonly released?: boolean
}

interface Entry {
  readonly offset: bigint
  claim?: { readonly by: string; readonly at: number } | undefined
}

/**
 * One group's dead letters, as its topic tells them from its beginning. Nothing on Kafka is changed if and only if it is
 * still as it was, but all see its records in one order: of several who want to take out a letter, the one has it whose
 * claim comes first.
 */
export class KafkaLetters {
  readonly #line: KafkaLine
  readonly #log: string
  readonly #entries = new Map<string, Entry>()
  #position = 0n
  #lookedAt = Date.now()
  #looking: Promise<unknown> = Promise.resolve()

  constructor(line: KafkaLine, log: string) {
    this.#line = line
    this.#log = log
  }

  /** The offset of each letter by its key, oldest first. */
  async all(): Promise<ReadonlyMap<string, bigint>> {
    await this.#look()
    return new Map([...this.#entries].map(([key, { offset }]) => [key, offset]))
  }

  /** The letters at these offsets, but for those that are gone. */
  async texts(offsets: readonly bigint[]): Promise<ReadonlyMap<bigint, string>> {
    const found = new Map<bigint, string>()
    for (const offset of offsets) {
      if (found.has(offset)) continue
      const page = await read(this.#line, this.#log, offset)
      for (const { offset, text } of page.records) if (text !== undefined) found.set(offset, text)
    }
    return found
  }

  /** @returns whether nobody else has taken it out or is about to */
  async claim(key: string, by: string): Promise<boolean> {
    await this.#say({ key, by })
    await this.#look()
    return this.#entries.get(key)?.claim?.by === by
  }

  release(key: string, by: string): Promise<void> {
    return this.#say({ key, by, released: true })
  }

  /** To be called by whoever claimed it. */
  remove(key: string): Promise<void> {
    return append(this.#line, this.#log, [{ key }])
  }

  #say(claim: Claim): Promise<void> {
    return append(this.#line, this.#log, [{ key: CLAIM, text: JSON.stringify(claim) }])
  }

  /** Reads what has come since; one after the other, each to the end that it finds. */
  #look(): Promise<void> {
    const mine = this.#looking.then(() => this.#readOn())
    this.#looking = mine.catch(() => undefined)
    return mine
  }

  async #readOn(): Promise<void> {
    if (Date.now() - this.#lookedAt > STALE_MS) this.#forget()
    try {
      for (;;) {
        const { records, next, end } = await read(this.#line, this.#log, this.#position)
        for (const record of records) this.#hear(record)
        // What was voided is missing from the log, at its end too.
        const atEnd = next === this.#position || next >= end
        this.#position = next
        if (atEnd) break
      }
      this.#lookedAt = Date.now()
    } catch (error) {
      // It is not the log that it was.
      if (KafkaRefusal.is(error, 'OFFSET_OUT_OF_RANGE')) this.#forget()
      throw error
    }
  }

  #forget(): void {
    this.#entries.clear()
    this.#position = 0n
  }

  #hear({ offset, key = '', text, at }: KafkaRecord): void {
    if (key === CLAIM) this.#hearClaim(text ?? '', at)
    else {
      this.#entries.delete(key)
      if (text !== undefined) this.#entries.set(key, { offset })
    }
  }

  #hearClaim(text: string, at: number): void {
    const { key = '', by = '', released } = parsed<Claim>(text) ?? {}
    const entry = this.#entries.get(key)
    if (!entry) return
    if (released) {
      if (entry.claim?.by === by) entry.claim = undefined
    } else if (!entry.claim || at - entry.claim.at > CLAIM_MS) entry.claim = { by, at }
  }
}
