import type { Path } from '../entity-node.ts'
import { NotPlain } from './cursor.ts'
import { type Duplicate, Places } from './places.ts'
import { PlainReader } from './plain-reader.ts'

/** Characters that readers of YAML treat in different ways: control characters, tabs and byte order marks. */
const UNUSUAL = /[^\n -~\xa0-\u2027\u202a-\ufefe\uff00-\uffff]/

/**
 * A text in the plain part of YAML in which nearly every kong.yml is written: maps, lists, scalars on one line, literal
 * blocks, brackets. It is read some ten times faster than by the full parser, and to the same values and places.
 */
export class PlainYaml {
  readonly value: object
  readonly #text: string
  readonly #hasDuplicates: boolean
  #noted: { readonly places: Places; readonly start: number; readonly value: object } | undefined

  private constructor(text: string) {
    const reader = new PlainReader(text)
    this.value = reader.read().value
    this.#text = text
    this.#hasDuplicates = reader.hasDuplicates
  }

  /** Undefined where the text uses more of YAML, or is wrong: the full parser has to read it. */
  static read(text: string): PlainYaml | undefined {
    if (UNUSUAL.test(text)) return undefined
    try {
      return new PlainYaml(text)
    } catch (error) {
      if (error instanceof NotPlain) return undefined
      throw error
    }
  }

  get duplicates(): readonly Duplicate[] {
    return this.#hasDuplicates ? this.#note().places.duplicates : []
  }

  /** The offset of the value at a path or of its name, or of the nearest thing around it. */
  locate(path: Path, part: 'key' | 'value'): number {
    const { places, start, value } = this.#note()
    return places.find(value, path, part) ?? start
  }

  /** Reads the text a second time: most texts are right, and nobody asks where anything in them stands. */
  #note() {
    if (!this.#noted) {
      const places = new Places()
      this.#noted = { places, ...new PlainReader(this.#text, places).read() }
    }
    return this.#noted
  }
}
