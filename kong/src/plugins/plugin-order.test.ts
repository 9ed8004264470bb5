import { expect, it } from 'vitest'
import { registry } from './index.ts'
import { inOrder } from './plan.ts'
import { unsupportedPlugins } from './unsupported.ts'

it('runs the plugins in the order of Kong 3.9', () => {
  expect(inOrder([...registry.values()]).map(({ name, priority }) => `${priority} ${name}`)).toEqual([
    '100001 correlation-id',
    '2500 bot-detection',
    '2000 cors',
    '1450 jwt',
    '1250 key-auth',
    '1100 basic-auth',
    '1030 hmac-auth',
    '990 ip-restriction',
    '951 request-size-limiting',
    '950 acl',
    '910 rate-limiting',
    '900 response-ratelimiting',
    '801 request-transformer',
    '800 response-transformer',
    '779 redirect',
    '100 proxy-cache',
    '14 opentelemetry',
    '13 prometheus',
    '12 http-log',
    '9 file-log',
    '2 request-termination',
  ])
})

it('gives no two plugins the same priority', () => {
  const priorities = [...registry.values()].map(({ priority }) => priority)
  expect(new Set(priorities).size).toBe(priorities.length)
})

it('calls no plugin unsupported that it has', () => {
  expect([...unsupportedPlugins.keys()].filter((name) => registry.has(name))).toEqual([])
})
