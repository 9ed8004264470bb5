import { createLog } from '@portico/service-kit'
import { expect, it } from 'vitest'
import { ChargeQueue, chargeLimits } from './charge-queue.ts'

const log = createLog('test', 'silent')
const limits = { ...chargeLimits, perCustomer: 2, waitingPerCustomer: 3, patienceMs: 60_000 }

/** Charges that hang until a test lets them go. */
function hanging() {
  const begun: string[] = []
  const open = new Map<string, PromiseWithResolvers<void>>()
  return {
    begun,
    charge: (id: string) => () => {
      begun.push(id)
      const gate = Promise.withResolvers<void>()
      open.set(id, gate)
      return gate.promise
    },
    answer: (id: string) => open.get(id)?.resolve(),
    fail: (id: string) => open.get(id)?.reject(new Error(`${id} failed`)),
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

it('makes a few charges of a customer at once, the others after them in order, and does not hold up other customers', async () => {
  const queue = new ChargeQueue(log, limits)
  const { begun, charge, answer } = hanging()
  const added = ['1', '2', '3', '4'].map((id) => queue.add({ id, customerId: 'slow' }, charge(id)))
  const other = queue.add({ id: 'other', customerId: 'other' }, charge('other'))
  expect(begun).toEqual(['1', '2', 'other'])
  answer('other')
  await other
  // Whoever adds a charge that is queued does not wait for it.
  await Promise.all(added.slice(2))
  answer('2')
  await added[1]
  expect(begun).toEqual(['1', '2', 'other', '3'])
  answer('1')
  answer('3')
  await turn()
  expect(begun.at(-1)).toBe('4')
  answer('4')
  await queue.close()
})

it('waits for a hanging charge no longer than its patience', async () => {
  const queue = new ChargeQueue(log, { ...limits, patienceMs: 1 })
  const { charge, answer } = hanging()
  await queue.add({ id: '1', customerId: 'slow' }, charge('1'))
  answer('1')
  await queue.close()
})

it('queues a payment once, and leaves to the sweep what is beyond the bounds of the queue', async () => {
  const queue = new ChargeQueue(log, limits)
  const { begun, charge, answer } = hanging()
  const ids = ['1', '2', '3', '3', '4', '5', '6', '7']
  for (const id of ids) void queue.add({ id, customerId: 'slow' }, charge(id))
  for (const id of ids) {
    answer(id)
    await turn()
  }
  expect(begun).toEqual(['1', '2', '3', '4', '5'])
})

it('bounds what waits in all, and makes room again', async () => {
  const queue = new ChargeQueue(log, { ...limits, perCustomer: 1, waiting: 1 })
  const { begun, charge, answer } = hanging()
  for (const id of ['a1', 'a2', 'b1', 'b2']) void queue.add({ id, customerId: id.slice(0, 1) }, charge(id))
  expect(begun).toEqual(['a1', 'b1'])
  answer('a1')
  await turn()
  void queue.add({ id: 'b3', customerId: 'b' }, charge('b3'))
  answer('b1')
  await turn()
  expect(begun).toEqual(['a1', 'b1', 'a2', 'b3'])
})

it('goes on after a charge that failed, and says so to whoever waits', async () => {
  const queue = new ChargeQueue(log, { ...limits, perCustomer: 1 })
  const { begun, charge, fail } = hanging()
  const first = queue.add({ id: '1', customerId: 'one' }, charge('1'))
  for (const id of ['2', '3']) void queue.add({ id, customerId: 'one' }, charge(id))
  fail('1')
  await expect(first).rejects.toThrow('1 failed')
  fail('2')
  await turn()
  expect(begun).toEqual(['1', '2', '3'])
})

it('drops what waits when it closes, after the charges in flight', async () => {
  const queue = new ChargeQueue(log, { ...limits, perCustomer: 1 })
  const { begun, charge, answer } = hanging()
  for (const id of ['1', '2']) void queue.add({ id, customerId: 'one' }, charge(id))
  let closed = false
  const closing = queue.close().then(() => {
    closed = true
  })
  await turn()
  expect(closed).toBe(false)
  answer('1')
  await closing
  expect(begun).toEqual(['1'])
})
