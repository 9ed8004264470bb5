import { expect, it } from 'vitest'
import { grouped } from './grouped.ts'

/** Work that says what groups it was given and waits until it is let go. */
function slowWork(refused: readonly number[] = [], error: Error = new Error('refused')) {
  const groups: number[][] = []
  let letGo = Promise.withResolvers<void>()
  const work = async (items: readonly number[]) => {
    groups.push([...items])
    await letGo.promise
    if (items.some((item) => refused.includes(item))) throw error
    return items.map((item) => item * 10)
  }
  const release = () => {
    letGo.resolve()
    letGo = Promise.withResolvers<void>()
    letGo.resolve()
  }
  return { groups, work, release }
}

it('makes one group of what comes together, and gives each its own result', async () => {
  const { groups, work, release } = slowWork()
  const call = grouped(work)
  const results = Promise.all([call(1), call(2), call(3)])
  release()
  expect(await results).toEqual([10, 20, 30])
  expect(groups).toEqual([[1, 2, 3]])
})

it('gathers the next group while one is at work', async () => {
  const { groups, work, release } = slowWork()
  const call = grouped(work)
  const first = call(1)
  await expect.poll(() => groups).toHaveLength(1)
  const rest = [call(2), call(3)]
  release()
  expect(await Promise.all([first, ...rest])).toEqual([10, 20, 30])
  expect(groups).toEqual([[1], [2, 3]])
})

it('starts anew after a pause', async () => {
  const { groups, work, release } = slowWork()
  const call = grouped(work)
  release()
  expect(await call(1)).toBe(10)
  expect(await call(2)).toBe(20)
  expect(groups).toEqual([[1], [2]])
})

it('makes groups no larger than allowed', async () => {
  const { groups, work, release } = slowWork()
  const call = grouped(work, 2)
  const results = Promise.all([1, 2, 3, 4, 5].map(call))
  release()
  expect(await results).toEqual([10, 20, 30, 40, 50])
  expect(groups).toEqual([[1, 2], [3, 4], [5]])
})

it('does a group that failed one by one, so that one bad item spoils nothing for the others', async () => {
  const { groups, work, release } = slowWork([2])
  const call = grouped(work)
  const results = Promise.allSettled([call(1), call(2), call(3)])
  release()
  expect(await results).toEqual([
    { status: 'fulfilled', value: 10 },
    { status: 'rejected', reason: new Error('refused') },
    { status: 'fulfilled', value: 30 },
  ])
  expect(groups).toEqual([[1, 2, 3], [1], [2], [3]])
})

it('fails a whole group at once where the datastore is away', async () => {
  const away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  const { groups, work, release } = slowWork([1], away)
  const call = grouped(work)
  const results = Promise.allSettled([call(1), call(2)])
  release()
  expect(await results).toEqual([
    { status: 'rejected', reason: away },
    { status: 'rejected', reason: away },
  ])
  expect(groups).toEqual([[1, 2]])
})

it('does not let the next group wait for one that hangs', async () => {
  const groups: number[][] = []
  const call = grouped(async (items: readonly number[]) => {
    groups.push([...items])
    return items.includes(1) ? new Promise<never>(() => undefined) : items
  })
  void call(1)
  await expect.poll(() => groups).toHaveLength(1)
  expect(await Promise.all([call(2), call(3)])).toEqual([2, 3])
  expect(groups).toEqual([[1], [2, 3]])
})
