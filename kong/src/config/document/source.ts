import { createHash } from 'node:crypto'
import { isTable, type Table } from '../schema/lua-table.ts'
import type { Path } from './entity-node.ts'
import { type Environment, EnvTemplate, type TemplateFault } from './env-template.ts'
import { PlainYaml } from './plain-yaml/plain-yaml.ts'
import { type Position, Positions } from './positions.ts'
import { type DuplicateKey, YamlSyntaxError, YamlText } from './yaml-text.ts'

export type Format = 'yaml' | 'json' | 'any'

/** A document as given: its values, its hash, and where each of them stands. */
export interface Source {
  readonly value: unknown
  /** MD5 of the text and of what was put into it, 32 hex digits. */
  readonly hash: string
  /** What could not be put into the text. */
  readonly faults: readonly TemplateFault[]
  /** Undefined for a document that was given as values, not as text. */
  locate(path: Path, part: 'key' | 'value'): Position | undefined
  /** The names that stand twice in one map, of which Kong takes the last. */
  duplicates(): readonly DuplicateKey[]
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** A document given as values. */
export function sourceOf(value: object): Source {
  return { value, hash: md5(JSON.stringify(value)), faults: [], locate: () => undefined, duplicates: () => [] }
}

/**
 * Reads a text as JSON where it is that, else as YAML; with an environment, its expressions are filled in.
 * @throws YamlSyntaxError
 */
export function readSource(text: string, format: Format, env: Environment | undefined): Source {
  const template = env && new EnvTemplate(text)
  const source = readText((template?.text ?? text).replace(/^\ufeff/, ''), format)
  if (!env || !template?.hasExpressions) return { ...source, hash: md5(text), faults: [] }
  const faults: TemplateFault[] = []
  const value = template.fillAll(source.value, { env, faults, path: [] })
  return { ...source, value, hash: md5(`${text}\0${JSON.stringify(value)}`), faults }
}

/** A text that has been read, and where everything in it stands. */
type ReadText = Pick<Source, 'value' | 'locate' | 'duplicates'>

function readText(text: string, format: Format): ReadText {
  const json = format === 'yaml' ? undefined : readJson(text)
  if (json === undefined) return readYaml(text)
  let yaml: ReadText | undefined
  const places = (): ReadText => {
    yaml ??= readPlaces(text)
    return yaml
  }
  return { value: json, locate: (path, part) => places().locate(path, part), duplicates: () => places().duplicates() }
}

function readYaml(text: string): ReadText {
  // Line breaks of Windows change neither values nor lines and columns.
  const lines = text.replaceAll('\r\n', '\n')
  const plain = PlainYaml.read(lines)
  if (!plain) {
    const yaml = new YamlText(text)
    const value = yaml.isEmpty ? undefined : yaml.read()
    return { value, locate: (path, part) => yaml.locate(path, part), duplicates: () => yaml.duplicates }
  }
  const positions = new Positions(lines)
  return {
    value: plain.value,
    locate: (path, part) => positions.at(plain.locate(path, part)),
    duplicates: () =>
      plain.duplicates.map(({ path, first, second }) => ({
        path,
        first: positions.at(first),
        second: positions.at(second),
      })),
  }
}

const NOWHERE: ReadText = { value: undefined, locate: () => undefined, duplicates: () => [] }

/** Where everything stands in JSON, as far as it is YAML too. */
function readPlaces(json: string): ReadText {
  try {
    return readYaml(json)
  } catch (error) {
    if (error instanceof YamlSyntaxError) return NOWHERE
    throw error
  }
}

function readJson(text: string): Table | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isTable(value) ? (value as Table) : undefined
  } catch {
    return undefined
  }
}
