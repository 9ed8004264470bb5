import { describe, expect, it } from 'vitest'
import type { Exit } from './plugin.ts'
import { requestSizeLimiting } from './request-size-limiting.ts'
import { configOf } from './testing/defaults.ts'
import { type Given, testExchange } from './testing/exchange.ts'

async function send(given: object, request: Given, length = 0): Promise<number> {
  const exchange = testExchange({ method: 'POST', body: 'x'.repeat(length), ...request })
  const exit = (await requestSizeLimiting.access(exchange, configOf(requestSizeLimiting, given))) as Exit | undefined
  return exit?.kind === 'error' ? exit.status : 200
}

const bytes = { allowed_payload_size: 10, size_unit: 'bytes' }
const chunked: Given = { headers: [['Transfer-Encoding', 'chunked']] }

describe('request-size-limiting', () => {
  it('goes by Content-Length where there is one', async () => {
    expect(await send(bytes, { headers: [['Content-Length', '10']] })).toBe(200)
    expect(await send(bytes, { headers: [['Content-Length', '11']] })).toBe(413)
    const waiting: Given = {
      headers: [
        ['Content-Length', '11'],
        ['Expect', '100-continue'],
      ],
    }
    expect(await send(bytes, waiting)).toBe(417)
  })

  it('measures a body of unknown length', async () => {
    expect(await send(bytes, chunked, 10)).toBe(200)
    expect(await send(bytes, chunked, 11)).toBe(413)
  })

  it('asks for a Content-Length when told to, but not of a chunked body', async () => {
    const strict = { ...bytes, require_content_length: true }
    expect(await send(strict, {})).toBe(411)
    expect(await send(strict, chunked, 5)).toBe(200)
  })
})
