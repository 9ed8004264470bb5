import { describe, expect, it } from 'vitest'
import type { Upstream } from '../../config/entities.ts'
import { type Given, testExchange } from '../../plugins/testing/exchange.ts'
import { hashValueOf } from './hash-value.ts'

function hashed(upstream: Partial<Upstream>, request: Given, captures?: Record<string, string>) {
  const exchange = testExchange(request)
  if (exchange.match) exchange.match = { ...exchange.match, captures }
  return hashValueOf({ hash_fallback: 'none', ...upstream } as Upstream, exchange)
}

const withCookie = (value: string): Given => ({ headers: [['Cookie', value]] })

describe('what is hashed', () => {
  it('of cookies is found as nginx finds it', () => {
    const upstream = { hash_on: 'cookie', hash_on_cookie: 'Sid' } as const
    expect(hashed(upstream, withCookie('a=1; sid=x'))).toEqual({ value: 'x' })
    expect(hashed(upstream, withCookie('a=1,SID = x,y=2; z=1'))).toEqual({ value: 'x,y=2' })
    expect(hashed(upstream, withCookie('sid='))).toEqual({ value: '' })
    expect(hashed(upstream, withCookie('sidx=1; x'))).toHaveProperty('setCookie')
  })

  it('of captures is one with a name, since Kong does not find numbers', () => {
    const captures = { 0: '/users/anna', 1: 'anna', user: 'anna' }
    expect(hashed({ hash_on: 'uri_capture', hash_on_uri_capture: 'user' }, {}, captures).value).toBe('anna')
    expect(hashed({ hash_on: 'uri_capture', hash_on_uri_capture: '1' }, {}, captures).value).toBe('')
  })

  it('of headers is what plugins have made of them', () => {
    const exchange = testExchange()
    exchange.upstream.headers.set('X-Consumer-Username', 'anna')
    const upstream = { hash_on: 'header', hash_on_header: 'x_consumer_username', hash_fallback: 'none' } as Upstream
    expect(hashValueOf(upstream, exchange).value).toBe('anna')
  })
})
