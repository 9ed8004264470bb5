import { execFileSync } from 'node:child_process'
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LogFile } from './log-file.ts'

let folder: string
let errors: { message: string; fields?: object | undefined }[]
const nothing = () => undefined
const log = {
  ...{ debug: nothing, info: nothing, warn: nothing },
  error: (message: string, fields?: object) => void errors.push({ message, fields }),
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-log-file-'))
  errors = []
})
afterEach(() => rmSync(folder, { recursive: true }))

it('has everything written when it is closed, without waiting for its delay', async () => {
  const path = join(folder, 'log')
  const file = new LogFile(path, log, { delayMs: 60_000 })
  for (let i = 0; i < 5; i++) file.add(`${i}\n`)
  await file.close()
  expect(readFileSync(path, 'utf8')).toBe('0\n1\n2\n3\n4\n')
})

it('keeps a bounded number of lines while the disk hangs, counts what it drops and says so', async () => {
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  const file = new LogFile(path, log)
  file.add('first\n')
  for (let i = 0; i < 10_100; i++) file.add(`${i}\n`)
  expect(file.dropped).toBe(100)
  await file.close(10)
  const written = text(createReadStream(path))
  await expect
    .poll(() => errors)
    .toEqual([{ message: 'log entries were dropped: the file is too slow', fields: { path, dropped: 100 } }])
  await file.close()
  expect((await written).split('\n')).toHaveLength(10_002)
})

it('keeps a bounded number of bytes, though the lines are long', async () => {
  const file = new LogFile(join(folder, 'none', 'log'), log)
  const line = 'x'.repeat(32 * 1024)
  for (let i = 0; i < 1000; i++) file.add(line)
  // 8 MiB wait behind the line that is being written.
  expect(file.dropped).toBe(1000 - 256 - 1)
  await file.close()
})

it('says once that it can not write, until it can again', async () => {
  const file = new LogFile(join(folder, 'none', 'log'), log)
  for (let i = 0; i < 3; i++) {
    file.add('line\n')
    await file.close()
  }
  expect(errors).toMatchObject([{ message: 'log entries could not be written' }])
})
