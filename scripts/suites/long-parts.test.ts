import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from '../home.ts'
import { chooseLongParts, longParts } from './long-parts.ts'

it('runs every long part when none is named, else those named in their order', () => {
  expect(chooseLongParts([]).map(([name]) => name)).toEqual(Object.keys(longParts))
  expect(chooseLongParts(['soak', 'fuzz']).map(([name]) => name)).toEqual(['soak', 'fuzz'])
})

it('says which part was probably meant', () => {
  expect(() => chooseLongParts(['fuz'])).toThrow('There is no long part named fuz; did you mean fuzz?')
})

it('names files that are there', () => {
  const files = Object.values(longParts).flatMap(({ vitest }) => vitest.filter((word) => word.endsWith('.ts')))
  for (const file of files) expect(existsSync(join(projectRoot, file)), file).toBe(true)
})
