import { expect, it } from 'vitest'
import { createBounded } from './bounded.ts'

it('runs work in order, queues a bounded amount of it, and refuses the rest with Retry-After', async () => {
  const bounded = createBounded({ concurrent: 1, waiting: 1 })
  const gate = Promise.withResolvers<void>()
  const ran: string[] = []
  const work = (name: string) => () => gate.promise.then(() => ran.push(name))
  const [first, second] = [bounded.run(work('first')), bounded.run(work('second'))]
  expect(bounded.waiting).toBe(1)
  const refusal = { code: 'unavailable', headers: { 'retry-after': '1' } }
  await expect(bounded.run(work('third'))).rejects.toMatchObject(refusal)
  gate.resolve()
  await Promise.all([first, second])
  expect(ran).toEqual(['first', 'second'])
  expect(bounded.waiting).toBe(0)
})

it('passes on the error of the work and frees its slot', async () => {
  const bounded = createBounded({ concurrent: 1, waiting: 0 })
  await expect(bounded.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(await bounded.run(async () => 'done')).toBe('done')
})
