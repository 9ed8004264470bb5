import { isTable, type Table } from '../schema/lua-table.ts'
import type { Path } from './entity-node.ts'
import type { Position } from './positions.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What keeps an expression from being filled in, and where it stands. */
export interface TemplateFault {
  readonly path: Path
  readonly position: Position
  readonly message: string
}

/** What is put in, what goes wrong with it, and where in the document that is. */
export interface Filling {
  readonly env: Environment
  readonly faults: TemplateFault[]
  readonly path: Path
}

const EXPRESSION = /\$\{\{.*?\}\}/g
const ENV = /^\$\{\{-?\s*env\s+(?:\\?"|`)([^"`\\]*)(?:\\?"|`)\s*((?:\|\s*\w+(?:\s+\d+)?\s*)*)-?\}\}$/
/** Characters that stand for nothing; one that the text does not have marks the places of expressions. */
const [FIRST_MARK, LAST_MARK] = [0xe000, 0xf8ff]

/**
 * A text with decK's expressions in it: `${{ env "DECK_PORT" | toInt }}`. decK fills them in before it parses; here that
 * is done afterwards, so that no value can break the text or change its own type. For parsing each expression gives
 * way to a mark of the same length: quotes in it disturb nothing, and lines and columns stay what they are.
 */
export class EnvTemplate {
  /** The text to be parsed. */
  readonly text: string
  readonly #expressions: { readonly text: string; readonly offset: number }[] = []
  readonly #source: string
  readonly #places: RegExp

  constructor(source: string) {
    const mark = unusedMark(source)
    this.#source = source
    this.#places = new RegExp(`${mark}(\\d+)${mark}+`, 'g')
    this.text = source.replace(EXPRESSION, (text: string, offset: number) => {
      const index = this.#expressions.push({ text, offset }) - 1
      return `${mark}${index}`.padEnd(text.length, mark)
    })
  }

  get hasExpressions(): boolean {
    return this.#expressions.length > 0
  }

  /** Whether a parsed text has the place of an expression in it. */
  isTemplate(text: string): boolean {
    return text.search(this.#places) >= 0
  }

  /** A parsed text with the expressions as they were written. */
  restore(text: string): string {
    return text.replace(this.#places, (_, index: string) => this.#expressions[Number(index)]?.text ?? '')
  }

  /**
   * A parsed text with the values put in: as a whole value what the expression says (a text unless it ends in
   * `toInt`, `toFloat` or `toBool`), within other text its letters. Faults are added to `into`.
   */
  fill(text: string, into: Filling): string | number | boolean {
    const [first] = text.matchAll(this.#places)
    if (!first) return text
    if (first[0] === text) return this.#evaluate(Number(first[1]), into)
    return text.replace(this.#places, (_, index: string) => String(this.#evaluate(Number(index), into)))
  }

  /** Every text of a parsed value, names included, filled in. */
  fillAll(value: unknown, into: Filling): unknown {
    if (typeof value === 'string') return this.fill(value, into)
    const below = (step: string | number): Filling => ({ ...into, path: [...into.path, step] })
    if (Array.isArray(value)) return value.map((item, i) => this.fillAll(item, below(i)))
    if (!isTable(value)) return value
    return Object.fromEntries(
      Object.entries(value as Table).map(([key, member]) => {
        const name = String(this.fill(key, into))
        return [name, this.fillAll(member, below(name))]
      }),
    )
  }

  #evaluate(index: number, { env, faults, path }: Filling): string | number | boolean {
    const { text, offset } = this.#expressions[index] ?? { text: '', offset: 0 }
    try {
      return evaluate(text, env)
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error
      faults.push({ path, position: positionOf(this.#source, offset), message: error.message })
      return ''
    }
  }
}

class ExpressionFault extends Error {}

function evaluate(expression: string, env: Environment): string | number | boolean {
  const [, name, pipeline = ''] = ENV.exec(expression) ?? []
  if (name === undefined) throw new ExpressionFault(`${expression} can't be understood; expected \${{ env "DECK_…" }}`)
  if (!name.startsWith('DECK_'))
    throw new ExpressionFault(`environment variable '${name}' can't be used: its name must start with DECK_`)
  const value = env[name]
  if (value === undefined) throw new ExpressionFault(`environment variable '${name}' is not set`)
  return pipeline
    .split('|')
    .map((step) => step.trim().split(/\s+/)[0] ?? '')
    .filter((step) => step !== '')
    .reduce<string | number | boolean>((piped, step) => convert(step, piped, name), value)
}

function convert(step: string, value: string | number | boolean, name: string): string | number | boolean {
  const text = String(value)
  if (step === 'indent') return value
  if (step === 'toInt' && /^[+-]?\d+$/.test(text)) return Number(text)
  if (step === 'toFloat' && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text)
  if (step === 'toBool' && /^(?:1|t|true|0|f|false)$/i.test(text)) return /^[1t]/i.test(text)
  const kind = { toInt: 'an integer', toFloat: 'a number', toBool: 'true or false' }[step]
  if (kind === undefined) throw new ExpressionFault(`'${step}' is unknown; expected toInt, toFloat, toBool or indent`)
  throw new ExpressionFault(`environment variable '${name}' is not ${kind}`)
}

function unusedMark(text: string): string {
  for (let code = FIRST_MARK; code <= LAST_MARK; code++) {
    const mark = String.fromCharCode(code)
    if (!text.includes(mark)) return mark
  }
  throw new Error('a text that has every private-use character is no configuration')
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return { line, column: offset - before.lastIndexOf('\n') }
}
