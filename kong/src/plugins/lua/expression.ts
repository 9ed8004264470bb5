import { type Token, tokenise, UnsupportedLua } from './tokens.ts'
import { isTrue, LuaError, type LuaTable, type LuaValue, numberOf, stringMethods, textOf, typeName } from './values.ts'

/** Words that name nothing in Lua. */
const RESERVED = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
)

/** Looks up what an expression names: Lua's own functions too, of which Kong offers few and not the same everywhere. */
export type Environment = (name: string) => LuaValue

/** A compiled expression. @throws LuaError where Lua would have failed */
export type Expression = (environment: Environment) => LuaValue

/**
 * Compiles a Lua expression: names and members, texts, numbers, `and`, `or`, `not`, comparisons, arithmetic, `..`, `#`,
 * calls, and a few methods of texts.
 * @throws UnsupportedLua
 */
export function compileExpression(text: string): Expression {
  const parser = new Parser(tokenise(text))
  const expression = parser.binary(0)
  parser.end()
  return expression
}

/** A member that an object itself has: what every object inherits is not there for templates. */
function own<T>(members: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined
}

type Operator = (left: LuaValue, right: LuaValue) => LuaValue

const arithmetic =
  (operate: (left: number, right: number) => number): Operator =>
  (left, right) => {
    const [a, b] = [numberOf(left), numberOf(right)]
    if (a === undefined || b === undefined)
      throw new LuaError(`arithmetic on ${typeName(a === undefined ? left : right)}`)
    return operate(a, b)
  }

const comparison =
  (holds: (left: number | string, right: number | string) => boolean): Operator =>
  (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return holds(left, right)
    if (typeof left === 'string' && typeof right === 'string') return holds(left, right)
    throw new LuaError(`attempt to compare ${typeName(left)} with ${typeName(right)}`)
  }

function concatenate(left: LuaValue, right: LuaValue): string {
  for (const side of [left, right]) {
    if (typeof side !== 'string' && typeof side !== 'number') throw new LuaError(`concatenation of ${typeName(side)}`)
  }
  return textOf(left) + textOf(right)
}

/** Operators from the loosest binding to the tightest. */
const LEVELS: readonly Readonly<Record<string, Operator>>[] = [
  { or: (left, right) => (isTrue(left) ? left : right) },
  { and: (left, right) => (isTrue(left) ? right : left) },
  {
    '==': (left, right) => left === right,
    '~=': (left, right) => left !== right,
    '<': comparison((a, b) => a < b),
    '>': comparison((a, b) => a > b),
    '<=': comparison((a, b) => a <= b),
    '>=': comparison((a, b) => a >= b),
  },
  { '..': concatenate },
  { '+': arithmetic((a, b) => a + b), '-': arithmetic((a, b) => a - b) },
  {
    '*': arithmetic((a, b) => a * b),
    '/': arithmetic((a, b) => a / b),
    '%': arithmetic((a, b) => a - Math.floor(a / b) * b),
  },
]

/** Parentheses, brackets and signs inside one another. Lua's own limit is 200. */
const DEPTH = 200

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new UnsupportedLua(`unexpected '${this.#tokens[this.#at]?.text}'`)
  }

  binary(level: number): Expression {
    const operators = LEVELS[level]
    if (!operators) return this.#unary()
    let left = this.binary(level + 1)
    for (;;) {
      const symbol = this.#peek()
      const operator = symbol === undefined ? undefined : own(operators, symbol)
      if (!operator || this.#tokens[this.#at]?.kind === 'string') return left
      this.#at++
      left = combine(symbol as string, operator, left, this.binary(level + 1))
    }
  }

  #unary(): Expression {
    if (++this.#depth > DEPTH) throw new UnsupportedLua('the expression is nested too deeply')
    const expression = this.#operand()
    this.#depth--
    return expression
  }

  #operand(): Expression {
    if (this.#takes('not')) return negated(this.#unary())
    if (this.#takes('-')) {
      const operand = this.#unary()
      const negate = arithmetic((a) => -a)
      return (environment) => negate(operand(environment), 0)
    }
    if (this.#takes('#')) {
      const operand = this.#unary()
      return (environment) => lengthOf(operand(environment))
    }
    return this.#suffixed()
  }

  #suffixed(): Expression {
    let value = this.#primary()
    for (;;) {
      if (this.#takes('.')) value = member(value, constant(this.#name()))
      else if (this.#takes('[')) value = member(value, this.#until(']'))
      else if (this.#takes(':')) value = this.#methodCall(value)
      else if (this.#takes('(')) value = call(value, this.#arguments())
      else return value
    }
  }

  #primary(): Expression {
    const token = this.#tokens[this.#at++]
    if (!token) throw new UnsupportedLua('the expression ends too early')
    if (token.kind === 'string') return constant(token.text)
    if (token.kind === 'number') return constant(Number(token.text))
    if (token.kind === 'symbol') {
      if (token.text !== '(') throw new UnsupportedLua(`unexpected '${token.text}'`)
      return this.#until(')')
    }
    if (token.text === 'nil') return constant(undefined)
    if (token.text === 'true' || token.text === 'false') return constant(token.text === 'true')
    if (RESERVED.has(token.text)) throw new UnsupportedLua(`unexpected '${token.text}'`)
    return (environment) => environment(token.text)
  }

  #methodCall(object: Expression): Expression {
    const name = this.#name()
    const method = own(stringMethods, name)
    if (!method) throw new UnsupportedLua(`the method '${name}' is not there in templates of this gateway`)
    if (!this.#takes('(')) throw new UnsupportedLua(`'(' expected after '${name}'`)
    const given = this.#arguments()
    return (environment) => {
      const self = object(environment)
      if (typeof self !== 'string') throw new LuaError(`attempt to index ${typeName(self)}`)
      return method(self, ...given.map((argument) => argument(environment)))
    }
  }

  #arguments(): readonly Expression[] {
    const given: Expression[] = []
    if (this.#takes(')')) return given
    do given.push(this.binary(0))
    while (this.#takes(','))
    if (!this.#takes(')')) throw new UnsupportedLua("')' expected")
    return given
  }

  #until(closing: string): Expression {
    const inner = this.binary(0)
    if (!this.#takes(closing)) throw new UnsupportedLua(`'${closing}' expected`)
    return inner
  }

  #name(): string {
    const token = this.#tokens[this.#at++]
    if (token?.kind !== 'name' || RESERVED.has(token.text)) throw new UnsupportedLua('a name expected')
    return token.text
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at]?.text
  }

  #takes(text: string): boolean {
    const token = this.#tokens[this.#at]
    if (token?.text !== text || token.kind === 'string') return false
    this.#at++
    return true
  }
}

const constant =
  (value: LuaValue): Expression =>
  () =>
    value

const negated =
  (operand: Expression): Expression =>
  (environment) =>
    !isTrue(operand(environment))

function combine(symbol: string, operator: Operator, left: Expression, right: Expression): Expression {
  if (symbol === 'or' || symbol === 'and') {
    return (environment) => {
      const first = left(environment)
      return isTrue(first) === (symbol === 'or') ? first : right(environment)
    }
  }
  return (environment) => operator(left(environment), right(environment))
}

function member(object: Expression, key: Expression): Expression {
  return (environment) => {
    const table = object(environment)
    const name = key(environment)
    if (typeof table === 'string') return typeof name === 'string' ? own(stringMethods, name) : undefined
    if (table === null || typeof table !== 'object') throw new LuaError(`attempt to index ${typeName(table)}`)
    return typeof name === 'string' || typeof name === 'number' ? table.get(name) : undefined
  }
}

function call(callee: Expression, given: readonly Expression[]): Expression {
  return (environment) => {
    const called = callee(environment)
    if (typeof called !== 'function') throw new LuaError(`attempt to call ${typeName(called)}`)
    return called(...given.map((argument) => argument(environment)))
  }
}

function lengthOf(value: LuaValue): number {
  if (typeof value === 'string') return value.length
  if (typeof value === 'object' && value !== null) return lengthOfList(value)
  throw new LuaError(`attempt to get length of ${typeName(value)}`)
}

function lengthOfList(table: LuaTable): number {
  let length = 0
  while (table.get(length + 1) !== undefined) length++
  return length
}
