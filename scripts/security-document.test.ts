import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectRoot } from './home.ts'

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8')
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, ...groups]) => groups)

describe('docs/security.md', () => {
  const document = read('docs/security.md')
  const named = matches(document, /`([\w./-]+\.test\.tsx?): "([^`]+)"`/g) as [path: string, name: string][]

  it.each(named)('names a test that exists: %s: %s', (path, name) => {
    const source = read(path)
    const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``]
    expect(quoted.some((each) => source.includes(each))).toBe(true)
  })

  it('names a test of every risk', () => {
    const risks = document.split('\n| risk |').slice(1)
    const rows = risks.flatMap((table) => matches(table.split('\n\n')[0] ?? '', /^\| (.*) \|$/gm)).map(([row]) => row)
    expect(rows.length).toBeGreaterThan(40)
    expect(rows.filter((row) => !/\.test\.ts: "/.test(`${row}`))).toEqual([])
  })

  it('names files that exist', () => {
    const paths = matches(document, /`((?:services|packages|kong|scripts|e2e|\.github)\/[\w./-]+)/g).map(
      ([path]) => path,
    )
    const linked = matches(document, /\]\((?!http)([^)#]+)/g).map(([path]) => `docs/${path}`)
    expect([...paths, ...linked].filter((path) => !existsSync(join(projectRoot, `${path}`)))).toEqual([])
  })
})

describe('docs/security-kong-cves.md', () => {
  it('names test files that exist', () => {
    const files = matches(read('docs/security-kong-cves.md'), /`([\w-]+\.test\.ts)`/g).map(([file]) => file)
    expect(files.length).toBeGreaterThan(5)
    expect(files.filter((file) => !existsSync(join(projectRoot, 'kong/src/proxy', `${file}`)))).toEqual([])
  })
})
