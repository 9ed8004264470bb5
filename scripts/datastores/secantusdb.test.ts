import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const requirements = readFileSync(join(import.meta.dirname, 'secantusdb.requirements.txt'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .split(/\n(?=\S)/)

it('pins every package of the stand-in for MongoDB by version and hash', () => {
  expect(requirements.length).toBeGreaterThan(5)
  for (const requirement of requirements) {
    expect(requirement).toMatch(/^[\w-]+==[\w.]+/)
    expect(requirement).toMatch(/--hash=sha256:[0-9a-f]{64}/)
  }
})
