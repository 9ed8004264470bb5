import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readLastLines, rotateLog } from './log-file.ts'
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
