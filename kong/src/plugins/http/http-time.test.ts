import { expect, it } from 'vitest'
import { parseHttpTime } from './http-time.ts'

it.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', 784111777],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 784111777],
  ['Sun Nov  6 08:49:37 1994', 784111777],
  ['Fri, 01-Jan-27 00:00:00 GMT', Date.UTC(2027, 0, 1) / 1000],
  ['2026-01-01T00:00:00Z', undefined],
  ['Wed, 31 Feb 2026 00:00:00 GMT', undefined],
  ['1767225600', undefined],
  ['0', undefined],
  ['', undefined],
])('reads %j as %s', (text, seconds) => {
  expect(parseHttpTime(text)).toBe(seconds)
})
