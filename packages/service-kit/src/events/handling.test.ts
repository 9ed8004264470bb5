import { expect, it } from 'vitest'
import { newId } from '../ids.ts'
import { createLog } from '../log.ts'
import { Handling } from './handling.ts'
import { newEvent } from './new-event.ts'

const event = newEvent('product', 'stock_lost', { orderId: newId(), attempt: 1 })
const down = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

/** Handles one event that is tried twice at most and fails so often. @returns what became of it */
async function handle(failures: readonly Error[]): Promise<'acknowledged' | 'buried'> {
  const left = [...failures]
  const end = Promise.withResolvers<'acknowledged' | 'buried'>()
  const handling = new Handling({
    subscription: {
      topic: 'product',
      group: 'order',
      types: ['stock_lost'],
      handle: async () => {
        const failure = left.shift()
        if (failure) throw failure
      },
    },
    maxAttempts: 2,
    log: createLog('test', 'silent'),
  })
  handling.take({
    id: '1',
    text: JSON.stringify(event),
    tries: 0,
    acknowledge: async () => end.resolve('acknowledged'),
    bury: async () => end.resolve('buried'),
  })
  const became = await end.promise
  await handling.close()
  return became
}

it('buries what fails as often as it may', async () => {
  expect(await handle([new Error('one'), new Error('two')])).toBe('buried')
})

it('buries nothing for the time its datastore is away, however long that is', async () => {
  expect(await handle([down(), new Error('one'), down(), down()])).toBe('acknowledged')
})
