import { validate, version } from 'uuid'
import { afterEach, expect, it, vi } from 'vitest'
import { newId } from './ids.ts'

afterEach(() => void vi.useRealTimers())

it('makes ids of version 7 that are all different and in the order of their making', () => {
  const ids = Array.from({ length: 10_000 }, newId)
  expect(ids.every((id) => validate(id) && version(id) === 7)).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
})

it('begins an id with the time, and keeps the order when the clock is set back', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
  const now = Date.now()
  const first = newId()
  expect(Number.parseInt(first.replaceAll('-', '').slice(0, 12), 16)).toBe(now)
  vi.setSystemTime(now - 60_000)
  expect([newId(), first].toSorted()[0]).toBe(first)
})

it('shares no random part between ids', () => {
  const tails = Array.from({ length: 2000 }, () => newId().slice(-10))
  expect(new Set(tails).size).toBe(tails.length)
})
