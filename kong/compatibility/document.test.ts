import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { documentFile, writeDocument } from './document.ts'

it('docs/kong-compatibility.md is what the code and the recorded answers say (node_modules/.bin/node kong/compatibility/write.ts)', () => {
  expect(readFileSync(documentFile, 'utf8')).toBe(writeDocument())
})
