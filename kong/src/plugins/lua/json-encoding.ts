import type { Json } from './json.ts'
import { luaNumber } from './number.ts'

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/** Encodes a value as lua-cjson does: numbers with 14 digits, slashes escaped. Wire text in and out. */
export function encodeJson(value: Json): string {
  if (typeof value === 'string') return encodeText(value)
  if (typeof value === 'number') return luaNumber(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (isList(value)) return `[${value.map(encodeJson).join(',')}]`
  return `{${Object.entries(value)
    .map(([name, member]) => `${encodeText(name)}:${encodeJson(member)}`)
    .join(',')}}`
}

function isList(value: readonly Json[] | { readonly [name: string]: Json }): value is readonly Json[] {
  return Array.isArray(value)
}

function encodeText(text: string): string {
  let out = '"'
  for (const char of text) out += SHORT[char] ?? (char < ' ' || char === '\x7f' ? escapeControl(char) : char)
  return `${out}"`
}

function escapeControl(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
