import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'portico-check-'))
const file = join(folder, 'kong.yml')
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes what the process has used, in kilobytes of memory, to standard error as it ends. */
const METER = 'data:text/javascript,process.on("exit", () => console.error(JSON.stringify(process.resourceUsage())))'

function check(text: string) {
  writeFileSync(file, text)
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', METER, '--', main, 'check', file], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  })
  const { maxRSS } = JSON.parse(stderr) as NodeJS.ResourceUsage
  return { stdout, status, megabytes: maxRSS / 1e3 }
}

/** Services with ten routes each, as decK would write them. */
function manyRoutes(count: number, path: (service: number, route: number) => string): string {
  const services = Array.from({ length: count / 10 }, (_, s) => {
    const routes = Array.from(
      { length: 10 },
      (_, r) =>
        `  - name: r-${s}-${r}\n    paths:\n    - "${path(s, r)}"\n    methods: [GET, POST]\n    strip_path: false\n`,
    )
    return `- name: s-${s}\n  url: http://s-${s}.test:8080/api\n  routes:\n${routes.join('')}`
  })
  return `_format_version: "3.0"\nservices:\n${services.join('')}`
}

describe('npm run kong -- check', () => {
  // 230 MB; it took 350 MB with the full parser.
  it('judges 10,000 routes in less than 300 MB', () => {
    const { stdout, status, megabytes } = check(manyRoutes(10_000, (s, r) => `~/v1/${s}/${r}/(?<id>[^/]+)$`))
    expect({ stdout, status }).toEqual({ stdout: `${file}: valid (1000 services, 10000 routes)\n`, status: 0 })
    expect(megabytes).toBeLessThan(300)
  })

  it('writes a report of any length whole into a pipe', () => {
    const { stdout } = check(manyRoutes(3000, (s, r) => `~/v1/${s}/${r}/open-ended-paths`))
    expect(stdout.split('\n')).toHaveLength(3002)
    expect(stdout.endsWith('valid (300 services, 3000 routes)\n')).toBe(true)
  })
})
