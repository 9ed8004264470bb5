import { splitEntry } from '../entries/entry.ts'
import { toWire } from '../http/wire-text.ts'
import { compileTemplate, type Template } from '../lua/template.ts'
import { perConfig } from '../per-config.ts'

/** One entry of a list such as `add.headers`: a name, and a value that may be a template. */
export interface Entry {
  readonly name: string
  /** Undefined where the entry has no value. */
  readonly value: Template | undefined
}

/** The entries of a list, compiled at first use. */
export const entriesOf = perConfig((list: readonly string[]): readonly Entry[] =>
  list.map((text) => {
    const { name, value } = splitEntry(text)
    return { name: toWire(name), value: value === '' ? undefined : compileTemplate(value) }
  }),
)
