import { expect, it } from 'vitest'
import { bucketsOf, parseMetrics, quantileOf } from './prometheus.ts'

it('reads names, labels with escapes, and values, and passes over the rest', () => {
  const text = [
    '# HELP requests_total How many',
    'requests_total{route="/v1/orders/:id",note="a \\"b\\" \\\\ c"} 12',
    'up 1 1700000000',
    'bucket{le="+Inf"} 3',
    '',
    'nonsense',
  ].join('\n')
  expect(parseMetrics(text)).toEqual([
    { name: 'requests_total', labels: { route: '/v1/orders/:id', note: 'a "b" \\ c' }, value: 12 },
    { name: 'up', labels: {}, value: 1 },
    { name: 'bucket', labels: { le: '+Inf' }, value: 3 },
  ])
})

it('adds up histograms and finds quantiles within their buckets', () => {
  const line = (route: string, le: string, count: number) => `d_bucket{route="${route}",le="${le}"} ${count}`
  const lines = [
    ...[line('a', '0.1', 5), line('a', '0.2', 10), line('a', '+Inf', 10)],
    ...[line('b', '0.1', 0), line('b', '0.2', 0), line('b', '+Inf', 10)],
  ]
  const buckets = bucketsOf(parseMetrics(lines.join('\n')))
  expect(buckets).toEqual([
    [0.1, 5],
    [0.2, 10],
    [Number.POSITIVE_INFINITY, 20],
  ])
  expect(quantileOf(buckets, 0.25)).toBe(0.1)
  expect(quantileOf(buckets, 0.5)).toBe(0.2)
  expect(quantileOf(buckets, 0.99)).toBe(0.2)
  expect(quantileOf([], 0.5)).toBeNull()
})
