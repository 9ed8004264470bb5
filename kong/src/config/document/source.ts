import { createHash } from 'node:crypto'
import { isTable, type Table } from '../schema/lua-table.ts'
import type { Path } from './entity-node.ts'
import { type Position, YamlText } from './yaml-text.ts'

export type Format = 'yaml' | 'json' | 'any'

/** A document as given: its values, its hash, and where each of them stands. */
export interface Source {
  readonly value: unknown
  /** MD5 of the text, 32 hex digits. */
  readonly hash: string
  /** Undefined for a document that was given as values, not as text. */
  locate(path: Path, part: 'key' | 'value'): Position | undefined
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/**
 * Reads a text as JSON where it is that, else as YAML.
 * @throws YamlSyntaxError
 */
export function readSource(text: string | object, format: Format): Source {
  if (typeof text !== 'string') return { value: text, hash: md5(JSON.stringify(text)), locate: () => undefined }
  const plain = text.replace(/^\ufeff/, '')
  const json = format === 'yaml' ? undefined : readJson(plain)
  if (json === undefined) return readYaml(plain, md5(text))
  let places: YamlText | undefined
  const locate = (path: Path, part: 'key' | 'value'): Position => {
    places ??= new YamlText(plain)
    return places.locate(path, part)
  }
  return { value: json, hash: md5(text), locate }
}

function readYaml(text: string, hash: string): Source {
  const yaml = new YamlText(text)
  return { value: yaml.isEmpty ? undefined : yaml.read(), hash, locate: (path, part) => yaml.locate(path, part) }
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
