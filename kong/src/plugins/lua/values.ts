import { luaNumber } from './number.ts'

/** A value of a Lua expression; undefined is `nil`. Texts are wire text. */
export type LuaValue = undefined | null | boolean | number | string | LuaTable | LuaFunction
export type LuaFunction = (...args: readonly LuaValue[]) => LuaValue
export interface LuaTable {
  get(key: string | number): LuaValue
}

/** An expression failed as it would have in Lua. */
export class LuaError extends Error {
  override readonly name = 'LuaError'
}

export const isTrue = (value: LuaValue): boolean => value !== undefined && value !== false

export function typeName(value: LuaValue): string {
  if (value === undefined) return 'nil'
  if (value === null) return 'userdata'
  return typeof value === 'object' ? 'table' : typeof value
}

/** A value as Lua's `tostring` writes it. */
export function textOf(value: LuaValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return luaNumber(value)
  if (typeof value === 'boolean') return String(value)
  return value === undefined ? 'nil' : typeName(value)
}

/** A value as a number, where Lua would take it for one. */
export function numberOf(value: LuaValue): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string' || !/^\s*[-+]?(0x[0-9a-f]+|(\d+\.?\d*|\.\d+)(e[-+]?\d+)?)\s*$/i.test(value))
    return undefined
  return Number(value)
}

/** The methods of texts that expressions may call. */
export const stringMethods: Readonly<Record<string, LuaFunction>> = {
  upper: (text) => textOf(text).replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
  lower: (text) => textOf(text).replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  len: (text) => textOf(text).length,
  reverse: (text) => [...textOf(text)].reverse().join(''),
  sub: (text, from, to) => cut(textOf(text), numberOf(from) ?? 1, numberOf(to) ?? -1),
}

function cut(text: string, from: number, to: number): string {
  const start = from < 0 ? Math.max(text.length + from, 0) : Math.max(from - 1, 0)
  const end = to < 0 ? text.length + to + 1 : to
  return text.slice(start, Math.max(end, 0))
}

/** The functions that expressions may call. */
export const functions: Readonly<Record<string, LuaFunction>> = {
  type: (value) => typeName(value),
  tostring: (value) => textOf(value),
  tonumber: (value) => numberOf(value),
}
