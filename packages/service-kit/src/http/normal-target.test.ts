import { expect, it } from 'vitest'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { createApp } from './app.ts'
import { isNormalTarget } from './normal-target.ts'

it.each([
  '/',
  '/v1/orders/live?ticket=a.b',
  '/a/..b/.c/d.',
  '/a%20b%2Fc%5c%C3%A9',
  "/~a-b_c.d;e=f,g:h@i!j$k&l'm(n)*+",
  '/a?b=/../c//d\\e%zz%2e',
  '/{a}|^`"<>',
])('accepts %s as a target in normal form', (target) => {
  expect(isNormalTarget(target)).toBe(true)
})

it.each([
  ['', '*', 'a', 'http://shop.test/a', '?a', '//', '//a', '/a//b', '/a//'],
  ['#', '/#', '/a#b', '/a?b#c', '/a#?b'],
  ['/.', '/..', '/./a', '/a/../b', '/a/.', '/a/..', '/a/..?b'],
  ['/%2e', '/%2E%2e/a', '/a/%2e', '/%61', '/%7A', '/%7e', '/%5f', '/%2d', '/%39'],
  ['/\\a', '/a\\..\\b', '/a b', '/a\tb', '/a\x7f', '/\xe9', '/é'],
  ['/%', '/%a', '/%zz', '/%00', '/a%0'],
])('rejects %s and similar targets', (...targets) => {
  expect(targets.filter(isNormalTarget)).toEqual([])
})

it('answers 400 with a problem document before any route is looked for', async () => {
  const app = createApp({
    service: 'test',
    version: '1.0.0',
    log: createLog('test', 'silent'),
    metrics: createMetrics('test'),
    routes: [],
    required: {},
    accepting: () => true,
  })
  app.post('/v1/web/sessions', (c) => c.text('signed in'))
  const answer = await app.request('/v1/web/sessions#x', { method: 'POST' })
  expect(answer.status).toBe(400)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(await answer.json()).toMatchObject({
    type: 'urn:portico:problem:invalid-request',
    requestId: answer.headers.get('x-request-id'),
  })
  expect((await app.request('/v1/web/sessions', { method: 'POST' })).status).toBe(200)
})
