import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it.each(['datastores/secantusdb.requirements.txt', 'suites/schemathesis.requirements.txt'])(
  'pins every package of %s by version and hash',
  (path) => {
    const requirements = readFileSync(join(import.meta.dirname, path), 'utf8')
      .replace(/^#.*\n/gm, '')
      .split(/\n(?=\S)/)
    expect(requirements.length).toBeGreaterThan(5)
    for (const requirement of requirements) {
      expect(requirement).toMatch(/^[\w-]+==[\w.]+/)
      expect(requirement).toMatch(/--hash=sha256:[0-9a-f]{64}/)
    }
  },
)
