import { afterEach, describe, expect, it } from 'vitest'
import { Spool, SpoolFull } from './spool.ts'
import { SpoolBudget } from './spool-budget.ts'

const open: Spool[] = []
afterEach(async () => {
  for (const spool of open.splice(0)) await spool.dispose()
})

function spoolIn(budget: SpoolBudget): Spool {
  const spool = new Spool(budget)
  open.push(spool)
  return spool
}

async function read(spool: Spool): Promise<Buffer> {
  const pieces: Buffer[] = []
  const source = spool.source()
  for (let piece = await source.next(); piece; piece = await source.next()) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('a spool', () => {
  it.each([1, 3, 1000, 65_536, 65_537, 200_000])(
    'gives back %i bytes as they came, in pieces of any size',
    async (size) => {
      const content = Buffer.from(Array.from({ length: size }, (_, i) => i % 251))
      const spool = spoolIn(new SpoolBudget(1_000_000))
      for (let at = 0, step = 1; at < size; at += step, step = (step * 7) % 20_011) {
        await spool.append(content.subarray(at, Math.min(size, at + step)))
      }
      expect(await read(spool)).toEqual(content)
      expect(await read(spool)).toEqual(content)
      expect(await spool.bytes()).toEqual(content)
    },
  )

  it('does not write into a piece that it was given', async () => {
    const slab = Buffer.from('abcdef')
    const spool = spoolIn(new SpoolBudget(100))
    await spool.append(slab.subarray(0, 3))
    await spool.append(Buffer.from('xyz'))
    expect(slab.toString()).toBe('abcdef')
    expect((await spool.bytes()).toString()).toBe('abcxyz')
  })

  it('reserves what it keeps, refuses what does not fit, and gives all of it back', async () => {
    const budget = new SpoolBudget(100_000)
    const [first, second] = [spoolIn(budget), spoolIn(budget)]
    await first.append(Buffer.alloc(70_000))
    await expect(second.append(Buffer.alloc(30_001))).rejects.toBeInstanceOf(SpoolFull)
    await second.append(Buffer.alloc(30_000))
    expect(budget.used).toBe(100_000)
    await first.dispose()
    await first.dispose()
    expect(budget.used).toBe(30_000)
    await expect(first.append(Buffer.alloc(1))).rejects.toBeInstanceOf(SpoolFull)
  })
})
