import { describe, expect, it } from 'vitest'
import { isAddressOrRange } from './ip-restriction/ranges.ts'
import { ipRestriction } from './ip-restriction.ts'
import { configOf } from './testing/defaults.ts'
import { testExchange } from './testing/exchange.ts'

const send = (given: object, from: string) =>
  ipRestriction.access(testExchange({ from }), configOf(ipRestriction, given))

describe('ip-restriction', () => {
  it.each([
    [{ deny: ['10.0.0.1'] }, '10.0.0.1', false],
    [{ deny: ['10.0.0.1'] }, '10.0.0.2', true],
    [{ allow: ['10.0.0.0/30'] }, '10.0.0.3', true],
    [{ allow: ['10.0.0.0/30'] }, '10.0.0.4', false],
    [{ allow: ['10.0.0.0/8'], deny: ['10.0.0.1'] }, '10.0.0.1', false],
    [{ allow: ['fd00::/8'] }, 'fd12::1', true],
    [{ allow: ['fd00::/8'] }, '10.0.0.1', false],
  ])('given %j lets %s through: %s', (given, from, passes) => {
    expect(send(given, from) === undefined).toBe(passes)
  })

  it('names the address, unless it has words of its own', () => {
    expect(send({ deny: ['10.0.0.1'] }, '10.0.0.1')).toEqual({
      kind: 'error',
      status: 403,
      message: 'IP address not allowed: 10.0.0.1',
    })
    expect(send({ deny: ['10.0.0.1'], status: 404, message: 'gone' }, '10.0.0.1')).toMatchObject({
      status: 404,
      message: 'gone',
    })
  })

  it.each([
    ['127.0.0.1', true],
    ['10.0.0.0/8', true],
    ['::1/128', true],
    ['localhost', false],
    ['10.0.0.0/33', false],
    ['10.1', false],
    ['10.0.0.0/', false],
  ])('takes %s for a range: %s', (text, valid) => {
    expect(isAddressOrRange(text)).toBe(valid)
  })
})
