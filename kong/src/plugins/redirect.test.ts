import { expect, it } from 'vitest'
import { redirect } from './redirect.ts'
import { configOf } from './testing/defaults.ts'
import { testExchange } from './testing/exchange.ts'

function locationFor(given: object, target: string): string | undefined {
  const exit = redirect.access(testExchange({ target }), configOf(redirect, given))
  return exit.headers?.Location
}

it('sends the client to the location as it is written', () => {
  expect(locationFor({ location: 'HTTP://New.Example:80' }, '/old?a=1')).toBe('HTTP://New.Example:80')
})

it('keeps path and query of the request when told to, and the fragment of the location', () => {
  const given = { location: 'https://new.example/base?x=1#top', keep_incoming_path: true }
  expect(locationFor(given, '/some/path?y=2&z')).toBe('https://new.example/some/path?y=2&z#top')
  expect(locationFor(given, '/')).toBe('https://new.example/#top')
})

it('takes the query as plugins before it have left it', () => {
  const exchange = testExchange({ target: '/a?apikey=secret&b=1' })
  exchange.upstream.query = 'b=1'
  const exit = redirect.access(
    exchange,
    configOf(redirect, { location: 'https://x.example', keep_incoming_path: true }),
  )
  expect(exit.headers?.Location).toBe('https://x.example/a?b=1')
})

it('writes a path in another script as UTF-8', () => {
  const exchange = testExchange({ target: '/caf%C3%A9?b=\u00c3\u00a9' })
  if (exchange.match) exchange.match = { ...exchange.match, path: '/caf\u00c3\u00a9' }
  const exit = redirect.access(
    exchange,
    configOf(redirect, { location: 'https://x.example', keep_incoming_path: true }),
  )
  expect(exit.headers?.Location).toBe('https://x.example/caf%C3%A9?b=%C3%A9')
})

it('refuses a location without a host', () => {
  const check = redirect.schema.fields?.location?.custom as unknown as (location: string) => string | undefined
  expect(check('https://')).toBe('missing host in url')
  expect(check('https://new.example')).toBeUndefined()
})
