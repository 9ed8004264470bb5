import { expect, it } from 'vitest'
import { VerifiedTokens } from './verified-tokens.ts'

it('keeps a token from its second sighting on', () => {
  const tokens = new VerifiedTokens<string>()
  tokens.add('token', 'verified')
  expect(tokens.get('token')).toBeUndefined()
  tokens.add('token', 'verified')
  expect(tokens.get('token')).toBe('verified')
})

it('forgets what is not in use, and keeps what is, when there are too many', () => {
  const tokens = new VerifiedTokens<number>(10)
  const see = (token: string) => {
    for (const value of [1, 2]) tokens.add(token, value)
  }
  see('in use')
  for (let i = 0; i < 100; i++) {
    see(`token ${i}`)
    tokens.get('in use')
  }
  expect(tokens.get('in use')).toBe(2)
  expect(tokens.get('token 0')).toBeUndefined()
})
