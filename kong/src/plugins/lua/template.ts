import { toWire } from '../http/wire-text.ts'
import { compileExpression, type Environment, type Expression } from './expression.ts'
import { isTrue, textOf } from './values.ts'

/** A text with `$(…)` in it, compiled. Gives wire text. @throws LuaError */
export type Template = (environment: Environment) => string

/** Compiles a template; a dollar without parentheses is a dollar. @throws UnsupportedLua */
export function compileTemplate(text: string): Template {
  const pieces: (string | Expression)[] = []
  let rest = 0
  for (let at = text.indexOf('$('); at >= 0; at = text.indexOf('$(', rest)) {
    const end = closingParenthesis(text, at + 1)
    if (end < 0) break
    pieces.push(toWire(text.slice(rest, at)), compileExpression(toWire(text.slice(at + 2, end))))
    rest = end + 1
  }
  pieces.push(toWire(text.slice(rest)))
  if (pieces.length === 1) return () => pieces[0] as string
  return (environment) =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : rendered(piece, environment))).join('')
}

function rendered(expression: Expression, environment: Environment): string {
  const value = expression(environment)
  return isTrue(value) ? textOf(value) : ''
}

/** Where the parenthesis at `open` is closed; parentheses inside count, wherever they stand. */
function closingParenthesis(text: string, open: number): number {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')' && --depth === 0) return i
  }
  return -1
}
