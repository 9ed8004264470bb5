import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isSigned, signBody } from './signature.ts'

const [secret, other] = ['s'.repeat(32), 'o'.repeat(32)]
const check = { secrets: [secret], nowSeconds: 1_000_000, toleranceSeconds: 300 }

it('holds for the very bytes that were signed, and for no others', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (body, changed) => {
      const signature = signBody(secret, body, check.nowSeconds)
      expect(isSigned(signature, body, check)).toBe(true)
      fc.pre(Buffer.compare(body, changed) !== 0)
      expect(isSigned(signature, changed, check)).toBe(false)
    }),
  )
})

it('holds for five minutes to either side', () => {
  const signedAt = (seconds: number) => isSigned(signBody(secret, new Uint8Array(), seconds), new Uint8Array(), check)
  expect([-301, -300, 300, 301].map((apart) => signedAt(check.nowSeconds + apart))).toEqual([false, true, true, false])
})

it('holds for the secret before while it changes, and not for a strange one', () => {
  const signature = signBody(other, new Uint8Array(), check.nowSeconds)
  expect(isSigned(signature, new Uint8Array(), check)).toBe(false)
  expect(isSigned(signature, new Uint8Array(), { ...check, secrets: [secret, other] })).toBe(true)
})

it('is not fooled by what is no signature, nor by another time than the signed one', () => {
  const signature = signBody(secret, new Uint8Array(), check.nowSeconds)
  const odd = [undefined, '', 't=,v1=', `${signature},v1=00`, signature.replace('t=1000000', 't=1000001'), 't=1,v1=zz']
  for (const each of odd) expect(isSigned(each, new Uint8Array(), check)).toBe(false)
})
