import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { AppError } from '../app-error.ts'
import { readEnvironment } from '../environment.ts'
import { CallFailed } from '../http/client.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { createCaller } from './caller.ts'
import { type CallSettings, callEnvironment, callSettings } from './environment.ts'

const metrics = createMetrics('order')
const callerWith = (settings: Partial<CallSettings>) => {
  const defaults = callSettings('PRODUCT', readEnvironment(callEnvironment('PRODUCT'), {}))
  const log = createLog('test', 'silent')
  return createCaller('product', { ...defaults, ...settings }, { log, metrics: createMetrics('order') })
}
const fail = async (): Promise<never> => {
  throw new CallFailed('no answer')
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] }))
afterEach(() => vi.useRealTimers())

/** Lets time pass until the promise is settled. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  let done = false
  const watched = promise.finally(() => {
    done = true
  })
  watched.catch(() => undefined)
  while (!done) await vi.advanceTimersByTimeAsync(50)
  return watched
}

it('tries again what was not answered, and answers', async () => {
  let tries = 0
  const work = async () => (++tries < 3 ? fail() : 'answer')
  expect(await settled(callerWith({})(work))).toBe('answer')
  expect(tries).toBe(3)
})

it('does not try again what was refused', async () => {
  let tries = 0
  const work = async () => {
    tries += 1
    throw new AppError('out_of_stock')
  }
  await expect(settled(callerWith({})(work))).rejects.toMatchObject({ code: 'out_of_stock' })
  expect(tries).toBe(1)
})

it('gives up in its time, however long a try takes', async () => {
  const startedAt = Date.now()
  const never = () => new Promise<never>(() => undefined)
  await expect(settled(callerWith({ timeoutMs: 1000 })(never))).rejects.toMatchObject({ code: 'unavailable' })
  expect(Date.now() - startedAt).toBeLessThan(1200)
})

it('makes no calls while most fail, and begins again by itself', async () => {
  const call = callerWith({ retries: 0, breakerOpenMs: 2000 })
  let made = 0
  const counted = async () => {
    made += 1
    return fail()
  }
  for (let i = 0; i < 40; i++) await settled(call(counted)).catch(() => undefined)
  const whileOpen = made
  expect(whileOpen).toBeLessThan(40)
  await expect(settled(call(counted))).rejects.toMatchObject({ code: 'unavailable', headers: { 'retry-after': '1' } })
  expect(made).toBe(whileOpen)
  await vi.advanceTimersByTimeAsync(2100)
  expect(await settled(call(async () => 'answer'))).toBe('answer')
})

it('pays retries from a budget: a flood of failures is not multiplied', async () => {
  const call = callerWith({ retries: 3, breakerThreshold: 0.99, maxConcurrent: 1000 })
  let made = 0
  const calls = Array.from({ length: 100 }, () =>
    call(async () => {
      made += 1
      return fail()
    }).catch(() => undefined),
  )
  await settled(Promise.all(calls))
  expect(made).toBeLessThanOrEqual(100 + 10 + 20)
})

it('holds back more calls than may be under way, and refuses those beyond its queue', async () => {
  const call = callerWith({ maxConcurrent: 2, maxWaiting: 3, timeoutMs: 60_000 })
  let running = 0
  let most = 0
  const finish = Promise.withResolvers<void>()
  const work = async () => {
    most = Math.max(most, ++running)
    await finish.promise
    running -= 1
  }
  const results = Promise.allSettled(Array.from({ length: 7 }, () => call(work)))
  await vi.advanceTimersByTimeAsync(10)
  finish.resolve()
  const outcomes = (await settled(results)).map(({ status }) => status)
  expect([most, outcomes.filter((status) => status === 'rejected').length]).toEqual([2, 2])
})

it('counts what became of calls', async () => {
  const log = createLog('test', 'silent')
  const settings = { ...callSettings('PRODUCT', readEnvironment(callEnvironment('PRODUCT'), {})), retries: 1 }
  const call = createCaller('product', settings, { log, metrics })
  await settled(call(async () => 'answer'))
  await settled(call(fail)).catch(() => undefined)
  const text = await metrics.text()
  expect(text).toMatch(/calls_total\{to="product",outcome="answered".*\} 1/)
  expect(text).toMatch(/calls_total\{to="product",outcome="retried".*\} 1/)
  expect(text).toMatch(/calls_total\{to="product",outcome="failed".*\} 1/)
  expect(text).toMatch(/circuit_open_product\{.*\} 0/)
})
