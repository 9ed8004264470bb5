import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parse, stringify } from 'yaml'
import { entitySchemas } from '../entities/index.ts'
import { applyDamage, type Damage, damage } from './damage.ts'
import { type Place, placesOf, put, valueAt } from './places.ts'

const ROOT = new URL('../../../../', import.meta.url)

/** The shop's kong.yml, and every configuration that was given to a real Kong for `kong/vectors`. */
function readConfigurations(): string[] {
  const shop = readFileSync(new URL('kong.yml', ROOT), 'utf8')
  const folder = new URL('kong/vectors/', ROOT)
  const groups = readdirSync(folder).filter((name) => name.endsWith('.json'))
  const recorded = groups.flatMap((name) => {
    const text = readFileSync(new URL(name, folder), 'utf8').replace(/"\{\{\w+\.port\}\}"|\{\{\w+\.port\}\}/g, '9')
    const { cases = [] } = JSON.parse(text) as { cases?: { config?: object; configText?: string }[] }
    return cases.map(({ config, configText }) => configText ?? stringify(config))
  })
  // The shop's own file uses more of YAML than the others: it is tried more often.
  return [...new Set([...Array.from({ length: 40 }, (_, i) => `${shop}# ${i}\n`), ...recorded])]
}

const ODD_VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 31), Number.NaN, Number.POSITIVE_INFINITY],
  ...['', ' ', 'a', '~', '~/(', '~/[', '/', '//', '%', '%zz', ':', '*', 'a:b:c', '[::1]', '\0', '\ud800', '名', 'a\nb'],
  ...[
    '__proto__',
    'constructor',
    '{vault://env/x}',
    '{vault://',
    '$(x)',
    'x'.repeat(5000),
    '~/(?<a>(?<b>x)*)+$',
    'toString',
  ],
  ...[
    [],
    {},
    [null],
    [[]],
    [{}],
    { a: null },
    [1, 'a', null, []],
    { a: { b: [{ c: null }] } },
    [['a'], ['a']],
    { 1: 2 },
  ],
]

const NAMES = [...entitySchemas.values()].flatMap(({ name, fields }) => [name, ...Object.keys(fields)])
const ODD_NAMES = ['', '__proto__', 'constructor', 'toString', '0', '-1', 'a.b', '@entity', '<<', 'x'.repeat(300), '名']

/** One change to a document, given where and with what. `seed` picks among the possibilities. */
const CHANGES: Readonly<Record<string, (document: object, place: Place, seed: number) => void>> = {
  replace: (document, place, seed) => put(document, place, structuredClone(ODD_VALUES[seed % ODD_VALUES.length])),
  wrapInList: (document, place) => put(document, place, [valueAt(document, place)]),
  wrapInMap: (document, place, seed) =>
    put(document, place, { [NAMES[seed % NAMES.length] ?? '']: valueAt(document, place) }),
  toText: (document, place) => put(document, place, JSON.stringify(valueAt(document, place)) ?? ''),
  toList: (document, place) => put(document, place, Object.values(Object(valueAt(document, place)))),
  copy: (document, place, seed) => {
    const places = placesOf(document)
    put(document, place, structuredClone(valueAt(document, places[seed % places.length] ?? [])))
  },
  repeat: (document, place) => {
    const value = valueAt(document, place)
    put(document, place, Array.isArray(value) ? [...value, ...value] : [value, value])
  },
  remove: (document, place) => {
    const parent = valueAt(document, place.slice(0, -1))
    if (Array.isArray(parent)) parent.splice(Number(place.at(-1)), 1)
    else Reflect.deleteProperty(parent as object, place.at(-1) ?? '')
  },
  rename: (document, place, seed) => {
    const names = [...NAMES, ...ODD_NAMES]
    const value = valueAt(document, place)
    CHANGES.remove?.(document, place, seed)
    const parent = valueAt(document, place.slice(0, -1))
    const step = Array.isArray(parent) ? 0 : (names[seed % names.length] ?? '')
    put(document, [...place.slice(0, -1), step], value)
  },
}

/** One change to a line: repeated (so that a key stands twice), removed, or moved to another depth. */
const LINE_CHANGES: readonly ((line: string) => readonly string[])[] = [
  (line) => [line, line],
  () => [],
  (line) => [` ${line}`],
  (line) => [`  ${line}`],
  (line) => [line.replace(/^ {1,2}/, '')],
  (line) => [`\t${line}`],
  (line) => [line, ''],
  (line) => [line.replace(/: /, ':')],
  (line) => [line.replace(/"/, '')],
]

const lineChange = fc.tuple(fc.nat(1000), fc.constantFrom(...LINE_CHANGES))
const change = fc.tuple(fc.constantFrom(...Object.keys(CHANGES)), fc.nat(5000), fc.nat(5000))

function changeDocument(text: string, changes: readonly [kind: string, place: number, seed: number][]): unknown {
  const document: unknown = parse(text, { uniqueKeys: false, merge: true, logLevel: 'silent' })
  if (typeof document !== 'object' || document === null) return document
  for (const [kind, at, seed] of changes) {
    const places = placesOf(document)
    const place = places[at % places.length]
    if (place) CHANGES[kind]?.(document, place, seed)
  }
  return document
}

const FORMS: Readonly<Record<string, (document: unknown) => string>> = {
  yaml: (document) => stringify(document, { aliasDuplicateObjects: false }),
  flow: (document) => stringify(document, { collectionStyle: 'flow', aliasDuplicateObjects: false }),
  json: (document) => JSON.stringify(document),
  'indented JSON': (document) => JSON.stringify(document, undefined, 2),
}

function changeLine(text: string, [at, change]: [number, (line: string) => readonly string[]]): string {
  const lines = text.split('\n')
  const index = at % lines.length
  return lines.toSpliced(index, 1, ...change(lines[index] ?? '')).join('\n')
}

/** The text of a configuration that worked with a few things wrong in it: in its values, its lines or its characters. */
export function mutatedConfigurations(): fc.Arbitrary<string> {
  const configurations = readConfigurations()
  const readable = new Map<string, boolean>()
  const isReadable = (text: string) => {
    if (!readable.has(text)) readable.set(text, canParse(text))
    return readable.get(text)
  }
  return fc
    .record({
      text: fc.constantFrom(...configurations),
      changes: fc.array(change, { maxLength: 3 }),
      form: fc.constantFrom(...Object.keys(FORMS)),
      lines: fc.array(lineChange, { maxLength: 2 }),
      damages: fc.oneof(
        { weight: 2, arbitrary: fc.constant<Damage[]>([]) },
        { weight: 1, arbitrary: fc.array(damage, { maxLength: 2 }) },
      ),
    })
    .map(({ text, changes, form, lines, damages }) => {
      const changed =
        changes.length > 0 && isReadable(text) ? (FORMS[form]?.(changeDocument(text, changes)) ?? '') : text
      return damages.reduce(applyDamage, lines.reduce(changeLine, changed))
    })
}

function canParse(text: string): boolean {
  try {
    parse(text, { uniqueKeys: false, logLevel: 'silent' })
    return true
  } catch {
    return false
  }
}
