import { expect, it } from 'vitest'
import { BackOff } from './back-off.ts'

it('waits twice as long each time, from 0.1 s up to 3 s', () => {
  const backOff = new BackOff()
  expect([1, 2, 3, 4, 5, 6, 7, 8].map(() => backOff.next(0))).toEqual([100, 200, 400, 800, 1600, 3000, 3000, 3000])
})

it('begins anew after a process that was up for ten seconds', () => {
  const backOff = new BackOff()
  backOff.next(0)
  backOff.next(9_999)
  expect(backOff.next(10_000)).toBe(100)
})
