import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from './home.ts'
import { runProgram } from './run-program.ts'

const { output } = await runProgram('git', ['ls-files', '*.md'], projectRoot)
const paths = output.trim().split('\n')
const documents = paths.filter((path) => path !== 'CHANGELOG.md').map((path) => ({ path, text: read(path) }))

function read(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8')
}

// The machine's own Node may not run TypeScript.
it('no document runs TypeScript on the Node of the machine', () => {
  expect(documents.length).toBeGreaterThan(20)
  const lines = documents.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\w/.-])(?:node|npx tsx) (?:-\S+ )*[\w./-]+\.ts\b/g)].map(([line]) => `${path}: ${line}`),
  )
  expect(lines).toEqual([])
})

it('documents name only scripts that the workspaces have', () => {
  for (const { path, text } of documents) {
    for (const [line, script = '', workspace = ''] of text.matchAll(/npm run ([\w-]+) -w ([\w/-]+)/g)) {
      const { scripts } = JSON.parse(read(join(workspace, 'package.json'))) as { scripts: Record<string, string> }
      expect(Object.keys(scripts), `${path}: ${line}`).toContain(script)
    }
  }
})
