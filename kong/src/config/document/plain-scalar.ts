/**
 * The value of a plain scalar as Kong's YAML reader (lyaml) resolves it: YAML 1.1, but without its dates and without
 * `y` and `n` for true and false.
 */
export function resolvePlain(text: string): unknown {
  if (WORDS.has(text)) return WORDS.get(text)
  if (!/^[-+.\d]/.test(text)) return text
  return resolveNumber(text) ?? text
}

const WORDS = new Map<string, unknown>([
  ['', null],
  ['~', null],
  ...forms('null').map((word): [string, null] => [word, null]),
  ...['true', 'yes', 'on'].flatMap(forms).map((word): [string, boolean] => [word, true]),
  ...['false', 'no', 'off'].flatMap(forms).map((word): [string, boolean] => [word, false]),
])

function forms(word: string): string[] {
  return [word, word.charAt(0).toUpperCase() + word.slice(1), word.toUpperCase()]
}

type Reader = readonly [pattern: RegExp, read: (digits: string) => number]

const base60 = (digits: string): number => digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)

/** Each after its sign is taken off and underscores are dropped. */
const NUMBERS: readonly Reader[] = [
  [/^0[0-7]+$/, (digits) => Number.parseInt(digits, 8)],
  [/^0x[\da-f]+$/i, (digits) => Number.parseInt(digits, 16)],
  [/^0b[01]+$/, (digits) => Number.parseInt(digits.slice(2), 2)],
  [/^\d+$/, Number],
  [/^(?:\d+\.\d*|\.\d+|\d+)(?:e[-+]?\d+)?$/i, Number],
  [/^\d+(?::[0-5]?\d)+(?:\.\d*)?$/, base60],
  [/^\.(?:inf|Inf|INF)$/, () => Number.POSITIVE_INFINITY],
  [/^\.(?:nan|NaN|NAN)$/, () => Number.NaN],
]

function resolveNumber(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1
  const digits = text.replace(/^[-+]/, '')
  if (digits.startsWith('_')) return undefined
  const bare = digits.replaceAll('_', '')
  for (const [pattern, read] of NUMBERS) if (pattern.test(bare)) return sign * read(bare)
  return undefined
}
