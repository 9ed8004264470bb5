import { describe, expect, it } from 'vitest'
import { opentelemetry } from './opentelemetry.ts'
import { configOf } from './testing/defaults.ts'
import { answerOf, testExchange } from './testing/exchange.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const endpoint = { traces_endpoint: 'http://collector.test:4318/v1/traces' }

/** The trace headers that the upstream gets, ids that are made anew shown as words. */
function passedOn(sent: Readonly<Record<string, string>>, config: object = {}) {
  const exchange = testExchange({ headers: Object.entries(sent) })
  opentelemetry.access(exchange, configOf(opentelemetry, { ...endpoint, ...config }))
  const headers = Object.fromEntries([...exchange.upstream.headers].filter(([name]) => name !== 'Host'))
  return { exchange, headers }
}

const propagation = (given: object) => ({ propagation: { default_format: 'w3c', ...given } })
const NEW = '[0-9a-f]{16}'

describe('trace headers', () => {
  it('begin a trace that is not sampled where the gateway traces nothing itself', () => {
    expect(passedOn({}).headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  })

  it.each([
    ['w3c', { traceparent: `00-${TRACE}-${SPAN}-01` }, { traceparent: `^00-${TRACE}-${NEW}-00$` }],
    [
      'b3',
      { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' },
      { 'x-b3-traceid': TRACE, 'x-b3-spanid': NEW, 'x-b3-parentspanid': SPAN, 'x-b3-sampled': '0' },
    ],
    ['b3 for debugging', { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-flags': '1' }, { 'x-b3-flags': '^1$' }],
    ['b3 of eight bytes', { 'x-b3-traceid': SPAN, 'x-b3-spanid': SPAN }, { 'x-b3-traceid': `^${SPAN}$` }],
    ['b3 in one header', { b3: `${TRACE}-${SPAN}-1` }, { b3: `^${TRACE}-${NEW}-0-${SPAN}$` }],
    ['jaeger', { 'uber-trace-id': `${TRACE}:${SPAN}:0:1` }, { 'uber-trace-id': `^${TRACE}:${NEW}:${SPAN}:00$` }],
    [
      'jaeger with baggage',
      { 'uber-trace-id': `3:4:0:1`, 'uberctx-user': 'a%20b' },
      { 'uber-trace-id': `^0{31}3:${NEW}:0{15}4:00$`, 'uberctx-user': '^a%20b$' },
    ],
    [
      'ot',
      { 'ot-tracer-traceid': SPAN, 'ot-tracer-spanid': SPAN, 'ot-tracer-sampled': 'true' },
      { 'ot-tracer-traceid': `^${SPAN}$`, 'ot-tracer-spanid': NEW, 'ot-tracer-sampled': '^0$' },
    ],
    [
      'datadog',
      { 'x-datadog-trace-id': '1234', 'x-datadog-parent-id': '77', 'x-datadog-sampling-priority': '1' },
      { 'x-datadog-trace-id': '^1234$', 'x-datadog-parent-id': '^\\d+$', 'x-datadog-sampling-priority': '^0$' },
    ],
    [
      'aws',
      { 'x-amzn-trace-id': `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${SPAN};Sampled=1` },
      { 'x-amzn-trace-id': `^Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${NEW};Sampled=0$` },
    ],
    ['gcp', { 'x-cloud-trace-context': `${TRACE}/12;o=1` }, { 'x-cloud-trace-context': `^${TRACE}/\\d+;o=0$` }],
  ])('go on in the format that they came in: %s', (_, sent: object, expected: object) => {
    const { headers } = passedOn(sent as Record<string, string>)
    for (const [name, pattern] of Object.entries(expected)) expect(headers[name]).toMatch(new RegExp(pattern))
  })

  it.each([
    ['another version', { traceparent: `01-${TRACE}-${SPAN}-01` }],
    ['a trace of zeros', { traceparent: `00-${'0'.repeat(32)}-${SPAN}-01` }],
    ['a parent of zeros', { traceparent: `00-${TRACE}-${'0'.repeat(16)}-01` }],
    ['no hex', { traceparent: `00-${TRACE.replace('0', 'g')}-${SPAN}-01` }],
    ['an id that is too short', { traceparent: `00-${TRACE.slice(1)}-${SPAN}-01` }],
  ])('that are wrong begin a new trace: %s', (_, sent: Record<string, string>) => {
    const { headers } = passedOn(sent)
    expect(headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
    expect(headers.traceparent).not.toContain(TRACE)
  })

  it('are those of b3 once a tracestate is there, as Kong has it where b3 is looked for first', () => {
    const { headers } = passedOn({ traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'vendor=1' })
    expect(headers['x-b3-traceid']).toMatch(/^[0-9a-f]{32}$/)
    expect(headers.traceparent).toBe(`00-${TRACE}-${SPAN}-01`)
  })

  it('are read, removed and written as the configuration says', () => {
    const { headers } = passedOn(
      { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'vendor=1', 'uber-trace-id': '1:2:0:1' },
      propagation({ extract: ['w3c', 'jaeger'], clear: ['uber-trace-id', 'tracestate'], inject: ['b3-single', 'gcp'] }),
    )
    expect(headers).toEqual({
      traceparent: `00-${TRACE}-${SPAN}-01`,
      b3: expect.stringMatching(`^${TRACE}-${NEW}-0-${SPAN}$`),
      'x-cloud-trace-context': expect.stringMatching(`^${TRACE}/\\d+;o=0$`),
    })
  })

  it('are written in the default format where none came in', () => {
    const config = { propagation: { extract: ['w3c'], inject: ['preserve'], default_format: 'datadog' } }
    expect(Object.keys(passedOn({}, config).headers)).toEqual([
      'x-datadog-trace-id',
      'x-datadog-parent-id',
      'x-datadog-sampling-priority',
    ])
  })

  it('are left alone where nothing is to be written', () => {
    const sent = { traceparent: `00-${TRACE}-${SPAN}-01` }
    expect(passedOn(sent, propagation({ extract: ['w3c'] })).headers).toEqual(sent)
  })

  it('obey the older header_type', () => {
    const sent = { traceparent: `00-${TRACE}-${SPAN}-01` }
    expect(Object.keys(passedOn(sent, { header_type: 'b3-single' }).headers)).toEqual(['traceparent', 'b3'])
    expect(passedOn(sent, { header_type: 'ignore' }).headers.traceparent).not.toContain(TRACE)
  })

  it('tell the logs and the client of the trace', () => {
    const config = { http_response_header_for_traceid: 'X_Trace_Id' }
    const { exchange } = passedOn({ traceparent: `00-${TRACE}-${SPAN}-01` }, config)
    const answer = answerOf(exchange)
    opentelemetry.headerFilter(exchange, configOf(opentelemetry, { ...endpoint, ...config }))
    expect(answer.get('x-trace-id')).toBe(TRACE)
    expect(exchange.shared.get('trace_id')).toEqual({ w3c: TRACE })
  })
})
