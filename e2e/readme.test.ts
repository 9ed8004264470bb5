import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Shop, startShop } from './shop.ts'

let shop: Shop

beforeAll(async () => {
  shop = await startShop()
}, 260_000)

afterAll(() => shop?.stop(), 20_000)

it('leads a stranger to a paid order by the lines of the README', async () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
  const script = /```sh\n(# A paid order[\s\S]*?)```/.exec(readme)?.[1]
  expect(script).toContain('SHOP=http://127.0.0.1:8000')
  const lines = (script ?? '').replace('SHOP=http://127.0.0.1:8000', `SHOP=${shop.url}`)
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', lines], { timeout: 60_000 })
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    items: [{ status: 'paid', user: { name: 'Ada' } }],
  })
}, 70_000)
