import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { fileLog } from './file-log.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, testExchange, testWorker } from './testing/exchange.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-file-log-'))
})
afterAll(() => rm(folder, { recursive: true }))

function send(path: string, targets: readonly string[], reopen = false, worker = testWorker()) {
  for (const target of targets) {
    const exchange = testExchange({ target, worker })
    answerOf(exchange)
    fileLog.log(exchange, configOf(fileLog, { path, reopen }))
  }
}

async function urisIn(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).request.uri)
}

it('appends a line for each request, in their order', async () => {
  const path = join(folder, 'log')
  const targets = Array.from({ length: 50 }, (_, i) => `/${i}`)
  send(path, targets)
  await vi.waitFor(async () => expect(await urisIn(path)).toEqual(targets))
})

it('writes to a new file where the old one was moved away and it is to be opened anew', async () => {
  const path = join(folder, 'reopened')
  const worker = testWorker()
  send(path, ['/1'], true, worker)
  await vi.waitFor(async () => expect(await urisIn(path)).toEqual(['/1']))
  await rename(path, `${path}.1`)
  send(path, ['/2'], true, worker)
  await vi.waitFor(async () => expect(await urisIn(path)).toEqual(['/2']))
})

it('refuses a path with odd characters', () => {
  const { match } = fileLog.schema.fields?.path ?? {}
  expect(match?.test('/var/log/kong.log')).toBe(true)
  expect(match?.test('/tmp/*')).toBe(false)
})
