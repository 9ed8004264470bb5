// A replica in a process of its own, for tests. It hears `order` as `product` and prints what it is given.
//   stuck: never finishes an event, until it is killed      once: finishes one, closes all, and ends by itself
import { createLog } from '../../log.ts'
import { connectEventBus } from '../connect.ts'

const [mode, url = '', options = '{}'] = process.argv.slice(2)
const bus = await connectEventBus(url, createLog('test', 'silent'), JSON.parse(options))
const heard = Promise.withResolvers<void>()
const consumer = await bus.subscribe({
  topic: 'order',
  group: 'product',
  types: ['order_closed'],
  handle: async (event) => {
    console.log(event.id)
    heard.resolve()
    if (mode === 'stuck') await new Promise((resolve) => setTimeout(resolve, 600_000))
  },
})
if (mode === 'once') {
  await heard.promise
  await consumer.close()
  await bus.close()
}
