import { expect, it, vi } from 'vitest'
import { DeliveryQueue, type QueueSettings } from './queue.ts'

const settings: QueueSettings = {
  max_batch_size: 1,
  max_coalescing_delay: 0,
  max_entries: 3,
  max_bytes: null,
  max_retry_time: 0.02,
  initial_retry_delay: 0.005,
  max_retry_delay: 0.01,
  concurrency_limit: 1,
}

function silentLog() {
  return { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
}

it('drops the oldest entries when there are too many, and says so', async () => {
  const log = silentLog()
  const delivered: string[] = []
  let release = () => {}
  const first = new Promise<void>((resolve) => {
    release = resolve
  })
  const queue = new DeliveryQueue<string>(
    settings,
    async ([entry]) => {
      delivered.push(entry as string)
      await first
    },
    log,
  )
  for (const entry of ['1', '2', '3', '4', '5']) queue.add(entry, 1)
  release()
  await vi.waitFor(() => expect(delivered).toEqual(['1', '3', '4', '5']))
  expect(log.error).toHaveBeenCalledOnce()
})

it('gives an entry up after the time for retries, and goes on with the next', async () => {
  const log = silentLog()
  const delivered: string[] = []
  const queue = new DeliveryQueue<string>(
    settings,
    async ([entry]) => {
      if (entry === 'bad') throw new Error('refused')
      delivered.push(entry as string)
    },
    log,
  )
  queue.add('bad', 1)
  queue.add('good', 1)
  await vi.waitFor(() => expect(delivered).toEqual(['good']))
  expect(log.error).toHaveBeenCalledOnce()
})

it('drops the oldest entries when they take too many bytes', async () => {
  const delivered: string[] = []
  const queue = new DeliveryQueue<string>(
    { ...settings, max_entries: 100, max_bytes: 10, max_batch_size: 100, max_coalescing_delay: 0.01 },
    async (batch) => void delivered.push(...batch),
    silentLog(),
  )
  for (const entry of ['1', '2', '3']) queue.add(entry, 4)
  await vi.waitFor(() => expect(delivered).toEqual(['2', '3']))
})

it('sends a batch as soon as it is full, and the rest after the pause', async () => {
  const batches: (readonly string[])[] = []
  const queue = new DeliveryQueue<string>(
    { ...settings, max_entries: 100, max_batch_size: 2, max_coalescing_delay: 3600 },
    async (batch) => void batches.push(batch),
    silentLog(),
  )
  for (const entry of ['1', '2', '3']) queue.add(entry, 1)
  await vi.waitFor(() => expect(batches).toEqual([['1', '2']]))
  queue.add('4', 1)
  await vi.waitFor(() => expect(batches).toHaveLength(2))
})

it('sends each entry at once and by itself without a limit of concurrency, but not endlessly many', async () => {
  const log = silentLog()
  const delivered: string[] = []
  const queue = new DeliveryQueue<string>(
    { ...settings, concurrency_limit: -1 },
    ([entry]) => {
      delivered.push(entry as string)
      return new Promise(() => {})
    },
    log,
  )
  for (const entry of ['1', '2', '3', '4']) queue.add(entry, 1)
  expect(delivered).toEqual(['1', '2', '3'])
  expect(log.error).toHaveBeenCalledOnce()
})
