import { describe, expect, it } from 'vitest'
import { correlationId } from './correlation-id.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, testExchange, testWorker } from './testing/exchange.ts'

function run(given: object, headers: [string, string][] = [], worker = testWorker()) {
  const config = configOf(correlationId, given)
  const exchange = testExchange({ headers, worker })
  correlationId.access(exchange, config)
  const answer = answerOf(exchange)
  correlationId.headerFilter(exchange, config)
  return { upstream: exchange.upstream.headers, answer }
}

describe('correlation-id', () => {
  it('numbers the requests of a worker', () => {
    const worker = testWorker()
    const [first, second] = [1, 2].map(() => run({}, [], worker).upstream.get('Kong-Request-ID'))
    expect(first).toMatch(/^[0-9a-f-]{36}#1$/)
    expect(second).toBe(first?.replace('#1', '#2'))
  })

  it('keeps an id that the client sent, and replaces an empty one', () => {
    expect(run({}, [['kong-request-id', 'mine']]).upstream.get('Kong-Request-ID')).toBe('mine')
    expect(run({ generator: 'uuid' }, [['Kong-Request-ID', '']]).upstream.get('Kong-Request-ID')).toMatch(
      /^[0-9a-f-]{36}$/,
    )
  })

  it('tells the client only when asked to', () => {
    expect(run({}).answer.has('Kong-Request-ID')).toBe(false)
    const { upstream, answer } = run({ echo_downstream: true, header_name: 'X-Id', generator: 'tracker' })
    expect(answer.get('X-Id')).toBe(upstream.get('X-Id'))
    expect(answer.get('X-Id')).toMatch(/^127\.0\.0\.1-8000-\d+-1-1-\d{10}\.\d{3}$/)
  })
})
