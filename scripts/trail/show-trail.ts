import { styleText } from 'node:util'
import type { LogEntry } from './log-entry.ts'

/** Fields that are shown first, in this order. */
const first = ['event', 'outcome', 'effect', 'status', 'code', 'attempt', 'method', 'path', 'route', 'ms']
/** Columns of their own, and what says the same as others. */
const left = ['time', 'service', 'level', 'message', 'eventId']

type Style = Parameters<typeof styleText>[0]
const levels: Readonly<Record<string, Style>> = { warn: 'yellow', error: 'red', fatal: 'red' }

/**
 * One line per entry: when, who, how bad, what, and the fields.
 * @param id the one that was asked for; fields with it are left out
 */
export function showEntry(entry: LogEntry, id: string, colored: boolean): string {
  const paint = (style: Style, text: string) => (colored ? styleText(style, text, { validateStream: false }) : text)
  const rank = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length)
  const fields = Object.entries(entry)
    .filter(([name, value]) => !left.includes(name) && value !== undefined && value !== null && value !== id)
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([name, value]) => `${paint('dim', `${name}=`)}${shown(value)}`)
  const level = entry.level.padEnd(5)
  return [
    paint('dim', entry.time),
    paint('cyan', entry.service.padEnd(10)),
    levels[entry.level] ? paint(levels[entry.level] as Style, level) : level,
    printable(entry.message).padEnd(28),
    ...fields,
  ].join(' ')
}

/** Bare where it is one word, else as JSON; of an error its message. */
function shown(value: unknown): string {
  const text = typeof value === 'object' && value !== null && 'message' in value ? value.message : value
  if (typeof text === 'string' && /^[\w.:/#@?=&%+-]+$/.test(text)) return text
  return printable(JSON.stringify(text) ?? '')
}

/** What a client sent may stand in a line, and must not control the terminal. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '�')
