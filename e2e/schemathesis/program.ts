import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What is put to the test, and as whom. */
export interface Target {
  readonly url: string
  /** An OpenAPI document; that of the target itself without one. */
  readonly document?: object
  readonly authorization: string
  /** The only operation to try, by its id. */
  readonly operation?: string
  readonly seconds: number
}

export interface Outcome {
  /** Whether every answer was as the document says. */
  readonly passed: boolean
  readonly requests: number
  readonly output: string
}

/**
 * Two of schemathesis's checks say nothing here. A method that a path does not have is answered 404, as an unknown path
 * is, since at the gateway it finds no route. And what a document can't say is refused though it is valid by the schema:
 * a cursor of another list, an entity tag that is stale, a span that ends before it begins.
 */
const left = 'unsupported_method,positive_data_acceptance'

/** Runs schemathesis, which makes requests from a document, right and wrong ones, and judges the answers by it. */
export async function runSchemathesis(target: Target): Promise<Outcome> {
  const { url, document, authorization, operation, seconds } = target
  const folder = mkdtempSync(join(tmpdir(), 'portico-schemathesis-'))
  const written = join(folder, 'openapi.json')
  if (document) writeFileSync(written, JSON.stringify(document))
  const args = [
    ...['run', document ? written : `${url}/openapi.json`, ...(document ? ['--url', url] : [])],
    ...['--header', `Authorization: ${authorization}`, '--exclude-checks', left],
    ...(operation ? ['--include-operation-id', operation] : []),
    ...['--seed', process.env.PORTICO_SCHEMATHESIS_SEED ?? '1', '--max-time', `${seconds}`],
    ...['--generation-database', 'none', '--continue-on-failure', '--warnings', 'off', '--no-color'],
  ]
  try {
    return await run(args, folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const run = (args: readonly string[], cwd: string): Promise<Outcome> =>
  new Promise((resolve) => {
    const program = process.env.PORTICO_SCHEMATHESIS ?? 'schemathesis'
    execFile(program, args, { cwd, maxBuffer: 50_000_000 }, (error, stdout, stderr) => {
      const requests = Number(/(\d+) generated/.exec(stdout)?.[1] ?? 0)
      resolve({ passed: error === null, requests, output: `${stdout}${stderr}` })
    })
  })
