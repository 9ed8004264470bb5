import { oncePer } from '../../once-per.ts'
import type { Field } from './field.ts'
import { isTable } from './lua-table.ts'
import { compilePcre } from './pcre.ts'

type Check = (value: never, field: Field) => string | undefined

const text = (value: unknown): string => (isTable(value) ? 'table' : String(value))
const length = (value: unknown): number =>
  typeof value === 'string' ? Buffer.byteLength(value) : isTable(value) ? Object.keys(value).length : 0
const quoted = (value: unknown): string => (value === null ? 'null' : text(value))

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Each constraint with Kong's words for its breach, in Kong's order: only the first breach is told. */
const CHECKS: readonly (readonly [keyof Field, Check])[] = [
  ['eq', (value: unknown, { eq }) => (value === eq ? undefined : `value must be ${quoted(eq)}`)],
  ['ne', (value: unknown, { ne }) => (value !== ne ? undefined : `value must not be ${quoted(ne)}`)],
  [
    'not_one_of',
    (value: string, { not_one_of = [] }) =>
      not_one_of.includes(value) ? `must not be one of: ${not_one_of.join(', ')}` : undefined,
  ],
  [
    'one_of',
    (value: string, { one_of = [] }) => (one_of.includes(value) ? undefined : `expected one of: ${one_of.join(', ')}`),
  ],
  ['gt', (value: number, { gt = 0 }) => (value > gt ? undefined : `value must be greater than ${gt}`)],
  ['timestamp', (value: number) => (value > 0 ? undefined : 'expected a valid timestamp')],
  ['uuid', (value: string) => (UUID.test(value) ? undefined : 'expected a valid UUID')],
  ['is_regex', (value: string) => (compilePcre(value) ? undefined : `not a valid regex: ${value}`)],
  [
    'between',
    (value: number, { between: [low, high] = [0, 0] }) =>
      value < low || value > high ? `value should be between ${low} and ${high}` : undefined,
  ],
  ['len_eq', (value: unknown, { len_eq = 0 }) => (length(value) === len_eq ? undefined : `length must be ${len_eq}`)],
  [
    'len_min',
    (value: unknown, { len_min = 1 }) => (length(value) >= len_min ? undefined : `length must be at least ${len_min}`),
  ],
  [
    'len_max',
    (value: unknown, { len_max = 0 }) => (length(value) <= len_max ? undefined : `length must be at most ${len_max}`),
  ],
  [
    'starts_with',
    (value: string, { starts_with = '' }) =>
      value.startsWith(starts_with) ? undefined : `should start with: ${starts_with}`,
  ],
  ['not_match', (value: string, { not_match }) => (not_match?.test(value) ? `invalid value: ${value}` : undefined)],
  ['match_none', (value: string, { match_none = [] }) => match_none.find(({ pattern }) => pattern.test(value))?.err],
  ['match', (value: string, { match }) => (match?.test(value) ? undefined : `invalid value: ${value}`)],
  ['match_all', (value: string, { match_all = [] }) => match_all.find(({ pattern }) => !pattern.test(value))?.err],
  [
    'match_any',
    (value: string, { match_any }) =>
      match_any?.patterns.some((pattern) => pattern.test(value)) ? undefined : match_any?.err,
  ],
  [
    'contains',
    (value: readonly unknown[], { contains }) =>
      value.includes(contains) ? undefined : `expected to contain: ${contains}`,
  ],
  ['custom', (value: never, { custom }) => custom?.(value)],
  [
    'mutually_exclusive_subsets',
    (value: readonly string[], { mutually_exclusive_subsets = [] }) => exclusion(value, mutually_exclusive_subsets),
  ],
]

const checksOf = oncePer((field: Field) =>
  CHECKS.filter(([name]) => field[name] !== undefined || (name === 'len_min' && field.type === 'string')).map(
    ([, check]) => check,
  ),
)

/** The words for the first constraint of a field that a value of the right type breaks; undefined when it breaks none. */
export function checkConstraints(value: unknown, field: Field): string | undefined {
  for (const check of checksOf(field)) {
    const problem = check(value as never, field)
    if (problem !== undefined) return field.err ?? problem
  }
  return undefined
}

function exclusion(value: readonly string[], subsets: readonly (readonly string[])[]): string | undefined {
  if (value.length < 2) return undefined
  const touched = subsets.filter((subset) => subset.some((member) => value.includes(member)))
  if (touched.length < 2) return undefined
  return `these sets are mutually exclusive: ${touched.map((subset) => `(${subset.map((member) => `'${member}'`).join(', ')})`).join(', ')}`
}
