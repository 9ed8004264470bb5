import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readRequestLines } from './request-lines.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico-request-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const line = (time: string, requestId: string, msg: string) => JSON.stringify({ time, requestId, msg })
const write = (file: string, ...lines: string[]) => writeFileSync(join(folder, file), `${lines.join('\n')}\n`)

it('tells what all services wrote about a request, in the order of time, from what was put aside too', async () => {
  write('order.log', line('2026-01-01T00:00:03Z', 'r-1', 'third'), line('2026-01-01T00:00:04Z', 'r-2', 'another'))
  write('order.log.1', line('2026-01-01T00:00:01Z', 'r-1', 'first'))
  write('product.log', line('2026-01-01T00:00:02Z', 'r-1', 'second'), line('2026-01-01T00:00:02Z', 'r-12', 'of r-1'))
  write('gateway.log', '2026-01-01T00:00:05Z warn a try failed request_id=r-2 ip=127.0.0.1', 'about r-2, as it seems')
  const logs = new Map(['order', 'product', 'gone', 'gateway'].map((name) => [name, join(folder, `${name}.log`)]))
  const said = (await readRequestLines(logs, 'r-1')).map(({ name, text }) => [name, JSON.parse(text).msg])
  expect(said).toEqual([
    ['order', 'first'],
    ['product', 'second'],
    ['order', 'third'],
  ])
  expect((await readRequestLines(logs, 'r-2')).map(({ name }) => name)).toEqual(['order', 'gateway'])
  expect(await readRequestLines(logs, 'r-3')).toEqual([])
})

it('finds a request by the id that its client saw', async () => {
  const access = { time: '2026-01-01T00:00:01Z', requestId: 'r-1', correlationId: 'seen', msg: 'request' }
  write('order.log', JSON.stringify(access), line('2026-01-01T00:00:02Z', 'r-2', 'another'))
  write('product.log', line('2026-01-01T00:00:00Z', 'r-1', 'first'))
  const logs = new Map(['order', 'product'].map((name) => [name, join(folder, `${name}.log`)]))
  const said = (await readRequestLines(logs, 'seen')).map(({ text }) => JSON.parse(text).msg)
  expect(said).toEqual(['first', 'request'])
})
