import { expect, it } from 'vitest'
import { Metrics } from './prometheus/metrics.ts'
import { metricsOf, prometheus } from './prometheus.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, testExchange, testWorker } from './testing/exchange.ts'

it('counts requests by service, route and status, and times in buckets', () => {
  const worker = testWorker()
  const config = configOf(prometheus, { status_code_metrics: true, latency_metrics: true, bandwidth_metrics: true })
  for (const status of [200, 200, 404]) {
    const exchange = testExchange({ worker })
    exchange.route = { id: 'route-id', name: null } as typeof exchange.route
    exchange.service = { name: 'shop', host: 'shop.test' } as typeof exchange.service
    exchange.traffic.sent = 100
    answerOf(exchange, status)
    if (status === 200) exchange.timings.upstreamHeaders = performance.now()
    prometheus.log(exchange, config)
  }
  const lines = metricsOf(worker).write().split('\n')
  const where = 'service="shop",route="route-id"'
  const rest = 'workspace="default",consumer=""'
  expect(lines).toContain(`kong_http_requests_total{${where},code="200",source="service",${rest}} 2`)
  expect(lines).toContain(`kong_http_requests_total{${where},code="404",source="kong",${rest}} 1`)
  expect(lines).toContain(`kong_bandwidth_bytes{${where},direction="egress",${rest}} 300`)
  expect(lines).toContain(`kong_request_latency_ms_bucket{${where},workspace="default",le="+Inf"} 3`)
})

it('counts nothing for requests without a route, and nothing that it was not asked to', () => {
  const worker = testWorker()
  const exchange = testExchange({ worker })
  prometheus.log(exchange, configOf(prometheus, { status_code_metrics: true }))
  exchange.route = { id: 'route-id', name: 'r' } as typeof exchange.route
  prometheus.log(exchange, configOf(prometheus))
  expect(metricsOf(worker).write()).toBe('\n')
})

it('writes families in order, with their kinds, and labels escaped', () => {
  const metrics = new Metrics()
  metrics.gauge('b', 'Second', { name: 'a "b"\n\\' }, 1.5)
  metrics.observe('a', 'First', {}, 3, [1, 5])
  expect(metrics.write()).toBe(
    [
      '# HELP a First',
      '# TYPE a histogram',
      'a_bucket{le="1"} 0',
      'a_bucket{le="5"} 1',
      'a_bucket{le="+Inf"} 1',
      'a_count 1',
      'a_sum 3',
      '# HELP b Second',
      '# TYPE b gauge',
      'b{name="a \\"b\\"\\n\\\\"} 1.5',
      '',
    ].join('\n'),
  )
})

it('takes no more samples than it may, and counts those that it did not take', () => {
  const metrics = new Metrics(2)
  for (const route of ['a', 'b', 'c', 'a']) metrics.count('kong_x', 'x', { route })
  expect(metrics.write()).toContain('kong_x{route="a"} 2')
  expect(metrics.write()).not.toContain('route="c"')
  expect(metrics.refused).toBe(1)
})
