import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readFailure, readLastLines, rotateLog } from './log-file.ts'
import { temporaryHome } from './stand-in.ts'

it('puts a log beyond ten megabytes aside and begins anew', async () => {
  const { home, remove } = await temporaryHome()
  const log = home.log('order')
  appendFileSync(log, 'short\n')
  rotateLog(log)
  expect(readLastLines(log, 5)).toEqual(['short'])
  appendFileSync(log, Buffer.alloc(10_000_001, 'x'))
  rotateLog(log)
  expect(statSync(log).size).toBe(0)
  expect(readFileSync(`${log}.1`).length).toBe(10_000_007)
  remove()
})

it('shows the lines that name an error where a page of advice follows them', async () => {
  const { home, remove } = await temporaryHome()
  const log = home.log('mysql')
  const advice = Array.from({ length: 30 }, (_, index) => `Advice ${index}`)
  appendFileSync(log, ['Installing', '[ERROR] Can not read the folder', ...advice, ''].join('\n'))
  expect(readFailure(log, 12)).toEqual(['[ERROR] Can not read the folder', '…', ...advice.slice(-3)])
  appendFileSync(log, 'It failed\n')
  expect(readFailure(log, 3)).toEqual([...advice.slice(-2), 'It failed'])
  remove()
})
