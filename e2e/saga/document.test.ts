import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

it('names in docs/saga.md a test of every compensation, and that test exists', () => {
  const tests = read('compensations.test.ts')
  const back = /## Back\n([\s\S]*?)\n## /.exec(`${read('../../docs/saga.md')}`)?.[1] ?? ''
  const named = back
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split('|')[2]?.trim() ?? '')
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((name) => !tests.includes(name))).toEqual([])
})
