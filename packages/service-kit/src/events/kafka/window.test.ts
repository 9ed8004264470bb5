import { expect, it } from 'vitest'
import { KafkaWindow } from './window.ts'

const fresh = (offset = 100n) => new KafkaWindow({ offset, metadata: '' })
const takeAll = (window: KafkaWindow, offsets: readonly bigint[]) => offsets.filter((each) => window.take(each))
const upTo = (from: bigint, to: bigint) => Array.from({ length: Number(to - from) }, (_, index) => from + BigInt(index))

it('commits nothing beyond what is unfinished', () => {
  const window = fresh()
  takeAll(window, [100n, 101n, 102n])
  window.done(101n)
  expect(window.commit().offset).toBe(100n)
  window.done(100n)
  expect(window.commit().offset).toBe(102n)
  window.done(102n)
  expect(window.commit()).toEqual({ offset: 103n, metadata: '' })
})

it('passes over offsets that have no records', () => {
  const window = fresh()
  takeAll(window, [100n])
  window.reach(105n)
  window.done(100n)
  expect([window.commit().offset, window.position]).toEqual([105n, 105n])
})

it('hands on only what was not finished', () => {
  const window = fresh()
  takeAll(window, upTo(100n, 200n))
  for (const offset of upTo(100n, 200n)) if (![110n, 150n].includes(offset)) window.done(offset)
  const next = new KafkaWindow(window.commit())
  expect(next.position).toBe(110n)
  expect(takeAll(next, upTo(110n, 203n))).toEqual([110n, 150n, 200n, 201n, 202n])
})

it('hands on the same when it is handed on again before all was read', () => {
  const window = fresh()
  takeAll(window, upTo(100n, 200n))
  for (const offset of upTo(100n, 200n)) if (![110n, 150n, 199n].includes(offset)) window.done(offset)
  const second = new KafkaWindow(window.commit())
  takeAll(second, upTo(110n, 120n))
  second.done(110n)
  const third = new KafkaWindow(second.commit())
  expect(third.position).toBe(150n)
  expect(takeAll(third, upTo(150n, 202n))).toEqual([150n, 199n, 200n, 201n])
})

it('makes more come again when the unfinished are too many to be noted, and loses none', () => {
  const window = fresh(10n ** 12n)
  const all = upTo(10n ** 12n, 10n ** 12n + 20_000n)
  takeAll(window, all)
  const open = new Set(all.filter((_, index) => index % 9 === 0))
  for (const offset of all) if (!open.has(offset)) window.done(offset)
  const commit = window.commit()
  expect(commit.metadata.length).toBeLessThanOrEqual(4096)
  const again = new Set(takeAll(new KafkaWindow(commit), all))
  expect(open.difference(again).size).toBe(0)
  expect(again.size).toBeLessThan(all.length)
})

it('starts where somebody else has put the group', () => {
  for (const metadata of ['', 'by hand', ',', 'A', '9'.repeat(50)])
    expect(takeAll(new KafkaWindow({ offset: 7n, metadata }), [7n, 8n])).toEqual([7n, 8n])
})
