import type { ErrorNode, ErrorTree } from './error-tree.ts'

const KEYWORDS = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
)

/** Writes errors as a Lua table, as they stand in the message of Kong's error (the form of Penlight's pretty printer). */
export function writeLua(node: ErrorNode): string {
  if (typeof node === 'string') return quote(node)
  if (Array.isArray(node)) return `{${node.map(quote).join(',')}}`
  const tree = node as ErrorTree
  const parts: string[] = []
  let index = 1
  for (let entry = tree.get(index); entry !== undefined; entry = tree.get(++index)) parts.push(writeLua(entry))
  const rest = [...tree].filter(([key]) => typeof key === 'string' || key >= index)
  for (const [key, entry] of rest.sort(byKey)) parts.push(`${writeKey(key)}=${writeLua(entry)}`)
  return `{${parts.join(',')}}`
}

function byKey([a]: [string | number, ErrorNode], [b]: [string | number, ErrorNode]): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

function writeKey(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`
  return /^[A-Za-z_]\w*$/.test(key) && !KEYWORDS.has(key) ? key : `[${quote(key)}]`
}

/** A text of several lines, or with long brackets in it, stands in long brackets itself. */
function quote(text: string): string {
  const brackets = [...text.matchAll(/\[(=*)(?=\[)|\](=*)(?=\])/g)].map(
    ([, open, close]) => (open ?? close ?? '').length,
  )
  if ((text.includes('\n') || brackets.length > 0) && !/[\r\0]/.test(text)) {
    const level = '='.repeat(brackets.length > 0 ? Math.max(...brackets) + 1 : 0)
    return `[${level}[${text.startsWith('\n') ? '\n' : ''}${text}]${level}]`
  }
  return `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\\n').replace(/\r/g, '\\r').replace(/\0/g, '\\000')}"`
}
