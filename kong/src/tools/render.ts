import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { isScalar, type Scalar, visit } from 'yaml'
import { EnvTemplate, type TemplateFault } from '../config/document/env-template.ts'
import { YamlSyntaxError, YamlText } from '../config/document/yaml-text.ts'
import type { Environment } from '../config/load.ts'
import { writePath } from '../config/problems.ts'
import { readEnvironment } from '../environment.ts'
import { writeProblems } from './check.ts'

/** A file that can't be rendered; the message names every reason with its place. */
export class RenderError extends Error {}

interface RenderOptions {
  readonly envFile?: string | undefined
  /** The file to write, readable by its owner alone since it holds secrets; standard output without it. */
  readonly output?: string | undefined
}

/** Writes the plain file for Kong itself; answers the exit code. */
export function renderFile(path: string, { envFile, output }: RenderOptions = {}): number {
  try {
    const rendered = render(path, readEnvironment(envFile))
    if (output === undefined) process.stdout.write(rendered)
    else replaceFile(output, rendered)
    return 0
  } catch (error) {
    if (!(error instanceof RenderError)) throw error
    console.error(error.message)
    return 1
  }
}

function replaceFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, text, { mode: 0o600 })
  renameSync(draft, path)
}

/**
 * A kong.yml with the values of its `${{ env "DECK_…" }}` put in, so that YAML 1.1 and 1.2 both read back those very
 * values. All else stays as it was, comments included.
 * @throws RenderError when a variable is unset or the file can't be read
 */
export function render(path: string, env: Environment): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new RenderError(`${path}: can't be read: ${error instanceof Error ? error.message : error}`)
  }
  try {
    const { rendered, faults } = renderText(text, env)
    if (faults.length > 0) throw new RenderError(writeFaults(path, faults))
    return rendered
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error
    throw new RenderError(`${path}:${error.position.line}:${error.position.column}  ${error.message}`)
  }
}

const writeFaults = (file: string, faults: readonly TemplateFault[]): string =>
  writeProblems(
    file,
    faults.map(({ path, position, message }) => ({ ...position, path: writePath(path), message })),
  ).join('\n')

/** The text with values put in, and what could not be. */
export function renderText(text: string, env: Environment): { rendered: string; faults: TemplateFault[] } {
  const template = new EnvTemplate(text)
  if (!template.hasExpressions) return { rendered: text, faults: [] }
  const faults: TemplateFault[] = []
  const yaml = new YamlText(template.text)
  template.fillAll(yaml.read(), { env, faults, path: [] })
  const pieces: string[] = []
  let done = 0
  for (const { value, range, type } of templatesIn(yaml, template)) {
    const [start, end] = range ?? [0, 0]
    pieces.push(template.restore(template.text.slice(done, start)))
    const filled = template.fill(String(value), { env, faults: [], path: [] })
    pieces.push(writeScalar(filled), type?.startsWith('BLOCK') && template.text[end - 1] === '\n' ? '\n' : '')
    done = end
  }
  return { rendered: pieces.join('') + template.restore(template.text.slice(done)), faults }
}

/** The scalars that have expressions in them, in the order of the text. */
function templatesIn(yaml: YamlText, template: EnvTemplate): Scalar[] {
  const found: Scalar[] = []
  visit(yaml.document, (_, node) => {
    if (isScalar(node) && template.isTemplate(String(node.value))) found.push(node)
  })
  return found.sort((a, b) => (a.range?.[0] ?? 0) - (b.range?.[0] ?? 0))
}

/** A text always stands in double quotes, so that no reader can take it for anything else. */
function writeScalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
