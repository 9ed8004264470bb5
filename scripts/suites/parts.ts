import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../home.ts'

const suites = ['unit', 'integration', 'contract', 'conformance', 'scripts', 'e2e', 'browser', 'faults']

/** What to run: the static checks or not, and the words for vitest; none of these when it need not run. */
export interface Parts {
  readonly check: boolean
  readonly vitest: readonly string[] | undefined
  /** Whether a browser must be there. */
  readonly browser: boolean
}

/** Understands `npm test -- order integration`: names of suites choose suites, names of services and packages choose
 *  folders, and anything else chooses files by what their path holds. Nothing given is everything. */
export function chooseParts(words: readonly string[]): Parts {
  const others = words.filter((word) => word !== 'check')
  const projects = others.filter((word) => suites.includes(word)).map((word) => `--project=${word}`)
  const paths = others.filter((word) => !suites.includes(word)).map(folderOf)
  const onlyCheck = words.length > 0 && others.length === 0
  return {
    check: words.length === 0 || words.includes('check'),
    vitest: onlyCheck ? undefined : [...projects, ...paths],
    browser: words.length === 0 || words.some((word) => word.includes('browser')),
  }
}

function folderOf(word: string): string {
  const folder = ['services', 'packages'].find((each) => existsSync(join(projectRoot, each, word)))
  return folder === undefined ? word : `${folder}/${word}/`
}
