/** Where a group is in a topic, as the broker keeps it. */
export interface KafkaCommit {
  /** Everything before it is done. */
  readonly offset: bigint
  /** What else is done: how far it was read, and which of those records are not. */
  readonly metadata: string
}

/** A broker keeps 4096 bytes. */
const METADATA_LENGTH = 4000

/**
 * Which records of a topic a group has finished. Kafka keeps one offset, before which everything is done, and a text
 * beside it: in which we note the few unfinished records after it, so that one that waits for its next try does not make
 * all after it come again.
 */
export class KafkaWindow {
  /** Every record before it was taken. */
  #position: bigint
  /** Taken and not done, ascending. */
  readonly #open = new Set<bigint>()
  /** The state in which it was found. */
  readonly #found: { readonly position: bigint; readonly open: ReadonlySet<bigint> }

  constructor(found: KafkaCommit) {
    this.#position = found.offset
    this.#found = parse(found)
  }

  /** Where to read on. */
  get position(): bigint {
    return this.#position
  }

  /** Notes that a record was read. @returns whether it is to be handled: false where it was done before */
  take(offset: bigint): boolean {
    this.#position = offset + 1n
    const wanted = offset >= this.#found.position || this.#found.open.has(offset)
    if (wanted) this.#open.add(offset)
    return wanted
  }

  done(offset: bigint): void {
    this.#open.delete(offset)
  }

  /** Notes that there is no record before this offset that was not taken. */
  reach(position: bigint): void {
    this.#position = position
  }

  commit(): KafkaCommit {
    // What was open when it was found and is not read again yet still is.
    const unread = [...this.#found.open].filter((each) => each >= this.#position)
    const position = this.#position > this.#found.position ? this.#position : this.#found.position
    const [offset, ...open] = [...this.#open, ...unread]
    return offset === undefined
      ? { offset: position, metadata: '' }
      : { offset, metadata: format(offset, position, open) }
  }
}

function format(offset: bigint, position: bigint, open: readonly bigint[]): string {
  let text = ''
  for (const each of open) {
    const more = `${text},${(each - offset).toString(36)}`
    // What there is no room for comes again, with all after it.
    if (more.length > METADATA_LENGTH) return `${(each - offset).toString(36)}${text}`
    text = more
  }
  return `${(position - offset).toString(36)}${text}`
}

function parse({ offset, metadata }: KafkaCommit): { position: bigint; open: ReadonlySet<bigint> } {
  // Somebody else may have put the group elsewhere, with whatever text.
  if (!/^[0-9a-z]{1,12}(,[0-9a-z]{1,12})*$/.test(metadata)) return { position: offset, open: new Set() }
  const [position = offset, ...open] = metadata.split(',').map((each) => offset + BigInt(Number.parseInt(each, 36)))
  return { position, open: new Set([offset, ...open]) }
}
