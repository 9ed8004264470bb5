import { expect, it } from 'vitest'
import { LocalCounters } from './local-counters.ts'
import { windowStart } from './windows.ts'

it('keeps no more counters than it may, and drops the longest unused', () => {
  const counters = new LocalCounters(3)
  for (const key of ['a', 'b', 'c', 'a', 'd']) counters.add('minute', 0, key)
  expect(['a', 'b', 'c', 'd'].map((key) => counters.get('minute', 0, key))).toEqual([2, 0, 1, 1])
})

it('begins windows with the UTC calendar', () => {
  const now = Date.UTC(2028, 1, 29, 23, 59, 58, 500)
  expect(new Date(windowStart('second', now)).toISOString()).toBe('2028-02-29T23:59:58.000Z')
  expect(new Date(windowStart('day', now)).toISOString()).toBe('2028-02-29T00:00:00.000Z')
  expect(new Date(windowStart('month', now)).toISOString()).toBe('2028-02-01T00:00:00.000Z')
  expect(new Date(windowStart('year', now)).toISOString()).toBe('2028-01-01T00:00:00.000Z')
})

it('keeps a window when a request from just before it is counted late, but not for a clock that was far ahead', () => {
  const counters = new LocalCounters()
  counters.add('minute', 120_000, 'a')
  counters.add('minute', 119_000, 'a')
  expect(counters.get('minute', 125_000, 'a')).toBe(2)
  counters.add('minute', 9_000_000, 'a')
  expect(counters.get('minute', 125_000, 'a')).toBe(0)
})
