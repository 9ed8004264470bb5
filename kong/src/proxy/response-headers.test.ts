import { expect, it } from 'vitest'
import { HeaderList } from '../headers.ts'
import { setHashCookie } from './response-headers.ts'

it('the cookie of the balancer takes the place of one of the same name that the upstream sets', () => {
  const headers = new HeaderList(['Set-Cookie', 'a=1', 'Set-Cookie', 'sid=theirs', 'X-A', '1'])
  setHashCookie(headers, 'sid=ours; Path=/')
  expect(headers.all('set-cookie')).toEqual(['a=1', 'sid=ours; Path=/'])
  setHashCookie(headers, 'other=1')
  expect(headers.all('set-cookie')).toEqual(['a=1', 'sid=ours; Path=/', 'other=1'])
})
