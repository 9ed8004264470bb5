import {
  Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  type YAMLMap,
} from 'yaml'
import type { Path } from './entity-node.ts'
import { tellAsLibyaml } from './libyaml-words.ts'
import { resolvePlain } from './plain-scalar.ts'
import { tellPlainly } from './plain-words.ts'
import type { Position } from './positions.ts'

/** A name that stands twice in one map. */
export interface DuplicateKey {
  readonly path: Path
  readonly first: Position
  readonly second: Position
}

/** A text that is no YAML. `kongMessage` is what Kong's reader says of it. */
export class YamlSyntaxError extends Error {
  readonly position: Position
  readonly kongMessage: string

  constructor(message: string, position: Position, kongMessage: string) {
    super(message)
    this.position = position
    this.kongMessage = kongMessage
  }
}

/** More than this many nodes through aliases is taken for an attack ("billion laughs"). */
const MAX_ALIASED_NODES = 200_000
const MAX_DEPTH = 500
const TOO_DEEP = 'nested too deeply'

/** A parsed YAML text that still knows where everything stands. */
export class YamlText {
  readonly #document: Document
  readonly #lines: LineCounter
  readonly #anchors = new Map<string, Node>()
  /** Known once the values have been read. */
  readonly duplicates: DuplicateKey[] = []

  /** @throws YamlSyntaxError */
  constructor(text: string) {
    this.#lines = new LineCounter()
    this.#document = parse(text, this.#lines)
    const error = this.#document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS')
    if (!error) return
    const kongMessage = tellAsLibyaml(error, text, this.#lines)
    const isTooDeep = /call stack/.test(error.message)
    const { message, at } = isTooDeep ? { message: TOO_DEEP, at: error.pos[0] } : tellPlainly(error, text)
    throw new YamlSyntaxError(message, this.#position(at), kongMessage)
  }

  /** Whether there is nothing in it, not even a null. */
  get isEmpty(): boolean {
    const { contents } = this.#document
    return contents === null || (isScalar(contents) && contents.source === '' && contents.type === Scalar.PLAIN)
  }

  get document(): Document {
    return this.#document
  }

  /**
   * The values of the first document, aliases and merge keys resolved.
   * @throws YamlSyntaxError for an alias of nothing, or too many of them
   */
  read(): unknown {
    this.#anchors.clear()
    this.duplicates.length = 0
    const positionOf = (node: unknown) => this.#positionOf(node)
    return new Reading(this.#anchors, positionOf, this.duplicates).value(this.#document.contents, [])
  }

  /** Where the value at a path stands, or its key; the nearest thing around it where it has no place of its own. */
  locate(path: Path, part: 'key' | 'value'): Position {
    let node: unknown = this.#document.contents
    let found: unknown = node
    path.forEach((step, i) => {
      const { key, value } = stepInto(this.#resolve(node), step)
      node = value
      if (i === path.length - 1 && part === 'key') found = key ?? value ?? found
      else if (value) found = value
      else if (key) found = key
    })
    return this.#positionOf(found)
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? this.#anchors.get(node.source) : node
  }

  #positionOf(node: unknown): Position {
    return this.#position((node as Node | null)?.range?.[0] ?? 0)
  }

  #position(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset)
    return { line: line || 1, column: col || 1 }
  }
}

function parse(text: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, {
      schema: 'failsafe',
      version: '1.1',
      uniqueKeys: false,
      lineCounter,
      logLevel: 'silent',
    })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new YamlSyntaxError(TOO_DEEP, { line: 1, column: 1 }, `1:1: ${TOO_DEEP}`)
  }
}

function stepInto(node: unknown, step: string | number): { key: unknown; value: unknown } {
  if (isSeq(node)) return { key: undefined, value: node.items[Number(step)] }
  if (!isMap(node)) return { key: undefined, value: undefined }
  const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(step))
  return { key: pair?.key, value: pair?.value }
}

/** One walk over the nodes. */
class Reading {
  readonly #anchors: Map<string, Node>
  readonly #positionOf: (node: unknown) => Position
  readonly #duplicates: DuplicateKey[]
  #aliased = 0
  #withinAlias = 0

  constructor(anchors: Map<string, Node>, positionOf: (node: unknown) => Position, duplicates: DuplicateKey[]) {
    this.#duplicates = duplicates
    this.#anchors = anchors
    this.#positionOf = positionOf
  }

  value(node: unknown, path: Path): unknown {
    if (this.#withinAlias > 0 && ++this.#aliased > MAX_ALIASED_NODES) throw this.#error(node, 'too many aliases')
    if (path.length > MAX_DEPTH) throw this.#error(node, TOO_DEEP)
    if (node instanceof Alias) return this.#alias(node, path)
    const anchor = (node as Node | null | undefined) && (node as Scalar).anchor
    if (anchor) this.#anchors.set(anchor, node as Node)
    if (isScalar(node)) return scalarValue(node)
    if (isSeq(node)) return node.items.map((item, i) => this.value(item, [...path, i]))
    if (isMap(node)) return this.#map(node, path)
    return null
  }

  #alias(node: Alias, path: Path): unknown {
    const target = this.#anchors.get(node.source)
    if (!target) {
      const message = `there is no anchor '&${node.source}' in this file; a text that starts with '*' needs quotes`
      throw this.#error(node, message, `invalid reference: ${node.source}`)
    }
    this.#withinAlias++
    const value = this.value(target, path)
    this.#withinAlias--
    return value
  }

  #map(node: YAMLMap, path: Path): Record<string, unknown> {
    const read: Record<string, unknown> = {}
    const merged: unknown[] = []
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? textOf(key) : JSON.stringify(this.value(key, path))
      if (name === '<<' && isScalar(key) && key.type === Scalar.PLAIN) {
        merged.push(this.value(value, [...path, name]))
        continue
      }
      if (Object.hasOwn(read, name)) this.#noteDuplicate(node, key, [...path, name])
      define(read, name, this.value(value, [...path, name]))
    }
    for (const source of merged.flat()) {
      if (typeof source !== 'object' || source === null) continue
      for (const [name, value] of Object.entries(source)) if (!Object.hasOwn(read, name)) define(read, name, value)
    }
    return read
  }

  /** Within an alias it has been noted already, where the anchor is. */
  #noteDuplicate({ items }: YAMLMap, second: unknown, path: Path): void {
    if (this.#withinAlias > 0) return
    const same = items.find(({ key }) => isScalar(key) && textOf(key) === path.at(-1))
    this.#duplicates.push({ path, first: this.#positionOf(same?.key), second: this.#positionOf(second) })
  }

  #error(node: unknown, message: string, kongMessage = message): YamlSyntaxError {
    const position = this.#positionOf(node)
    return new YamlSyntaxError(message, position, `${position.line}:${position.column}: ${kongMessage}`)
  }
}

const textOf = ({ value, source }: Scalar): string => (typeof value === 'string' ? value : (source ?? ''))

function scalarValue(node: Scalar): unknown {
  const isPlain = (node.type === Scalar.PLAIN || node.type === undefined) && node.tag === undefined
  return isPlain ? resolvePlain(textOf(node)) : textOf(node)
}

/** Sets a member even where its name is `__proto__`. */
function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true })
}
