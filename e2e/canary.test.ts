import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startUpstream, type TestUpstream } from '../kong/src/discovery/testing/upstream.ts'
import { createGateway, type Gateway } from '../kong/src/gateway.ts'
import { readSettings } from '../kong/src/settings.ts'

const example = readFileSync(join(import.meta.dirname, '../docs/examples/canary.yml'), 'utf8')
const silent = { debug() {}, info() {}, warn() {}, error() {} }

describe('docs/examples/canary.yml', () => {
  let stable: TestUpstream
  let canary: TestUpstream
  let gateway: Gateway
  let url: string

  beforeEach(async () => {
    stable = await startUpstream('stable')
    canary = await startUpstream('canary')
    gateway = createGateway({ settings: readSettings({ 'proxy-listen': '127.0.0.1:0' }, {}), log: silent })
    load(example)
    url = `http://127.0.0.1:${(await gateway.listen()).proxy}/v1/products`
  })

  afterEach(async () => {
    await gateway.close(0)
    await Promise.all([stable, canary].map((upstream) => upstream.close()))
  })

  const load = (text: string) => {
    const env = { DECK_PRODUCT_TARGET: stable.target, DECK_PRODUCT_NEXT_TARGET: canary.target }
    expect(gateway.load(text, { source: 'start', env })).toMatchObject({ ok: true })
  }
  const count = async (requests: number) => {
    const answers = { stable: 0, canary: 0 }
    for (let i = 0; i < requests; i++) answers[(await (await fetch(url)).text()) as keyof typeof answers] += 1
    return answers
  }

  it('sends one request in ten to the new release', async () => {
    expect(await count(200)).toEqual({ stable: 180, canary: 20 })
  })

  it('moves more over, and back again, by an edit of the weights', async () => {
    load(example.replace('weight: 90', 'weight: 50').replace('weight: 10', 'weight: 50'))
    expect(await count(40)).toEqual({ stable: 20, canary: 20 })
    load(example.replace('weight: 10', 'weight: 0'))
    expect(await count(40)).toEqual({ stable: 40, canary: 0 })
  })

  it('loses no request when the new release dies', async () => {
    await canary.close()
    expect(await count(40)).toEqual({ stable: 40, canary: 0 })
  })
})
