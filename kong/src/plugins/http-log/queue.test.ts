import { expect, it, vi } from 'vitest'
import { LogQueue, type QueueSettings } from './queue.ts'

const settings: QueueSettings = {
  max_batch_size: 1,
  max_coalescing_delay: 0,
  max_entries: 3,
  max_bytes: null,
  max_retry_time: 0.02,
  initial_retry_delay: 0.005,
  max_retry_delay: 0.01,
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
  const queue = new LogQueue(
    settings,
    async ([entry]) => {
      delivered.push(entry as string)
      await first
    },
    log,
  )
  for (const entry of ['1', '2', '3', '4', '5']) queue.add(entry)
  release()
  await vi.waitFor(() => expect(delivered).toEqual(['1', '3', '4', '5']))
  expect(log.error).toHaveBeenCalledOnce()
})

it('gives an entry up after the time for retries, and goes on with the next', async () => {
  const log = silentLog()
  const delivered: string[] = []
  const queue = new LogQueue(
    settings,
    async ([entry]) => {
      if (entry === 'bad') throw new Error('refused')
      delivered.push(entry as string)
    },
    log,
  )
  queue.add('bad')
  queue.add('good')
  await vi.waitFor(() => expect(delivered).toEqual(['good']))
  expect(log.error).toHaveBeenCalledOnce()
})
