import { describe, expect, it } from 'vitest'
import { basicAuth } from './basic-auth.ts'
import { correlationId } from './correlation-id.ts'
import { hmacAuth } from './hmac-auth.ts'
import { keyAuth } from './key-auth.ts'
import { logEntry } from './log/entry.ts'
import { proxyCache } from './proxy-cache.ts'
import { identify } from './rate-limiting/identifier.ts'
import { requestTermination } from './request-termination.ts'
import { requestTransformer } from './request-transformer.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, testConfiguration, testExchange } from './testing/exchange.ts'

const alice = { id: 'a11ce000-0000-4000-8000-000000000001', username: 'alice', custom_id: null }
const guest = { id: 'a11ce000-0000-4000-8000-000000000002', username: 'guest', custom_id: null }
const configuration = testConfiguration({
  consumers: [alice, guest],
  keyauth_credentials: [{ consumer: { id: alice.id }, key: 'alice-key', ttl: null }],
})

describe('what a plugin makes of the request is what those after it see', () => {
  it('counts by a header that authentication has set', async () => {
    const exchange = testExchange({ configuration, headers: [['apikey', 'alice-key']] })
    await keyAuth.access(exchange, configOf(keyAuth, {}))
    expect(identify(exchange, { limit_by: 'header', header_name: 'X-Consumer-Username' })).toBe('alice')
  })

  it('finds no credential that an earlier method has hidden', async () => {
    const exchange = testExchange({ configuration, headers: [['Authorization', 'hmac username="x"']] })
    await basicAuth.access(exchange, configOf(basicAuth, { hide_credentials: true, anonymous: 'guest' }))
    expect(await hmacAuth.access(exchange, configOf(hmacAuth, {}))).toMatchObject({ message: 'Unauthorized' })
  })

  it('logs the query and the method that were sent to the upstream', async () => {
    const exchange = testExchange({ configuration, target: '/?apikey=alice-key&a=1' })
    await keyAuth.access(exchange, configOf(keyAuth, { hide_credentials: true }))
    await requestTransformer.access(exchange, configOf(requestTransformer, { http_method: 'PUT' }))
    answerOf(exchange)
    expect(logEntry(exchange).request).toMatchObject({
      uri: '/?apikey=alice-key&a=1',
      querystring: { a: '1' },
      method: 'PUT',
    })
  })

  it('caches by the method and the headers that were sent to the upstream', async () => {
    const exchange = testExchange({ method: 'POST' })
    await requestTransformer.access(exchange, configOf(requestTransformer, { http_method: 'GET' }))
    await proxyCache.access(exchange, configOf(proxyCache, { strategy: 'memory' }))
    expect(exchange.shared.has('proxy-cache')).toBe(true)
  })

  it('is triggered by a header that another has set', async () => {
    const exchange = testExchange()
    await correlationId.access(exchange, configOf(correlationId, { header_name: 'X-Id' }))
    const termination = configOf(requestTermination, { trigger: 'x-id', status_code: 404 })
    expect(await requestTermination.access(exchange, termination)).toMatchObject({ status: 404 })
  })

  it('echoes the body that was sent to the upstream', async () => {
    const headers: [string, string][] = [['Content-Type', 'application/json']]
    const exchange = testExchange({ method: 'POST', headers, body: '{}' })
    await requestTransformer.access(exchange, configOf(requestTransformer, { add: { body: ['a:1'] } }))
    const exit = await requestTermination.access(exchange, configOf(requestTermination, { echo: true }))
    expect(exit).toMatchObject({ body: { request: { raw_body: '{"a":"1"}', body: { a: '1' } } } })
  })
})
