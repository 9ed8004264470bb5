import { createHash } from 'node:crypto'
import { isTable, type Table } from '../schema/lua-table.ts'
import type { Path } from './entity-node.ts'
import { type Environment, EnvTemplate, type TemplateFault } from './env-template.ts'
import { type Position, YamlText } from './yaml-text.ts'

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
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** A document given as values. */
export function sourceOf(value: object): Source {
  return { value, hash: md5(JSON.stringify(value)), faults: [], locate: () => undefined }
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

function readText(text: string, format: Format): Pick<Source, 'value' | 'locate'> {
  const json = format === 'yaml' ? undefined : readJson(text)
  if (json === undefined) {
    const yaml = new YamlText(text)
    return { value: yaml.isEmpty ? undefined : yaml.read(), locate: (path, part) => yaml.locate(path, part) }
  }
  let places: YamlText | undefined
  return {
    value: json,
    locate: (path, part) => {
      places ??= new YamlText(text)
      return places.locate(path, part)
    },
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
