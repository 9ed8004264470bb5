import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { findClosest } from '../command-line/command.ts'
import { UserError } from '../command-line/user-error.ts'
import { projectRoot } from '../home.ts'
import { runProgram } from '../run-program.ts'
import { everyServer, type TestServer } from './test-home.ts'

export const suites = ['unit', 'integration', 'contract', 'conformance', 'scripts', 'e2e', 'browser', 'faults']

/** A test file, with the suite it belongs to. */
export interface TestFile {
  readonly path: string
  readonly suite: string
}

/** What to run: the static checks or not, and the words for vitest; none of these when it need not run. */
export interface Parts {
  readonly check: boolean
  readonly vitest: readonly string[] | undefined
  /** Whether a browser must be there. */
  readonly browser: boolean
  /** The servers that these tests need and do not start themselves. */
  readonly servers: readonly TestServer[]
}

/**
 * Understands `npm test -- order integration`: names of suites choose suites, names of services and packages choose
 * folders, and anything else chooses files by what their path holds. Without words everything runs.
 *
 * @param files All test files.
 * @throws UserError for a word that chooses nothing
 */
export function chooseParts(words: readonly string[], files: readonly TestFile[]): Parts {
  const others = words.filter((word) => word !== 'check')
  const chosenSuites = others.filter((word) => suites.includes(word))
  const paths = others.filter((word) => !suites.includes(word)).map(folderOf)
  const inSuites = files.filter(({ suite }) => chosenSuites.length === 0 || chosenSuites.includes(suite))
  for (const path of paths) if (!inSuites.some((file) => file.path.includes(path))) throw unknownPart(path)
  const chosen = inSuites.filter(({ path }) => paths.length === 0 || paths.some((each) => path.includes(each)))
  const onlyCheck = words.length > 0 && others.length === 0
  const projects = chosenSuites.map((suite) => `--project=${suite}`)
  return {
    check: words.length === 0 || words.includes('check'),
    vitest: onlyCheck ? undefined : [...projects, ...paths],
    browser: !onlyCheck && chosen.some(({ suite }) => suite === 'browser'),
    servers: onlyCheck ? [] : everyServer.filter((server) => chosen.some((file) => serversFor(file).includes(server))),
  }
}

/** All test files as vitest finds them. */
export async function listTestFiles(): Promise<TestFile[]> {
  const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const { code, output } = await runProgram(process.execPath, [vitest, 'list', '--filesOnly', '--json'], projectRoot)
  if (code !== 0) throw new UserError(`vitest could not list the test files:\n${output}`)
  const found = JSON.parse(output) as readonly { readonly file: string; readonly projectName: string }[]
  return found.map(({ file, projectName }) => ({ path: relative(projectRoot, file), suite: projectName }))
}

/** What the integration tests of each folder need; a folder that is not listed needs all. */
const serversOfFolder: Readonly<Record<string, readonly TestServer[]>> = {
  'services/user/': ['mongodb'],
  'services/product/': ['postgres'],
  'services/order/': ['mysql', 'redis'],
  'services/payment/': ['redis'],
  'kong/': ['redis'],
}

function serversFor({ path, suite }: TestFile): readonly TestServer[] {
  if (path.startsWith('e2e/saga/')) return ['postgres', 'mysql', 'redis']
  if (suite !== 'integration' && suite !== 'contract') return []
  return Object.entries(serversOfFolder).find(([folder]) => path.startsWith(folder))?.[1] ?? everyServer
}

function folderOf(word: string): string {
  const folder = ['services', 'packages'].find((each) => existsSync(join(projectRoot, each, word)))
  return folder === undefined ? word : `${folder}/${word}/`
}

function unknownPart(word: string): UserError {
  const known = [
    'check',
    ...suites,
    ...['user', 'product', 'order', 'payment', 'storefront', 'provider', 'service-kit'],
  ]
  const close = findClosest(word, known)
  return new UserError(
    `No test file has "${word}" in its path${close === undefined ? '' : `; did you mean ${close}?`}\n` +
      `Suites: check, ${suites.join(', ')}. A service, a package, or a part of a path does too.`,
  )
}
