import { decodeJwt, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createAuthentication } from './authentication.ts'
import { createServiceTokens } from './service-token.ts'

const secrets = {
  orderProduct: 'of order and product alone, 32 long',
  paymentProduct: 'of payment and product, 32 long',
}
const order = createServiceTokens('order', { calls: { product: secrets.orderProduct } })
const payment = createServiceTokens('payment', { calls: { product: secrets.paymentProduct } })
const product = createServiceTokens('product', {
  calledBy: { order: secrets.orderProduct, payment: secrets.paymentProduct },
})
const unauthenticated = { code: 'unauthenticated' }
const tokenOf = async (authorization: Promise<string>) => (await authorization).slice('Bearer '.length)

const forge = (secret: string, claims: { iss?: string; aud?: string }, header = {}) =>
  new SignJWT({ iss: 'order', aud: 'product', ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'service+jwt', ...header })
    .setExpirationTime('1m')
    .sign(new TextEncoder().encode(secret))

describe('a service token', () => {
  it('says who calls, under the secret of the caller and the called', async () => {
    expect(await product.verify(await tokenOf(order.authorizationFor('product')))).toBe('order')
    expect(await product.verify(await tokenOf(payment.authorizationFor('product')))).toBe('payment')
  })

  it.each([
    ['of a service that speaks for another', forge(secrets.paymentProduct, { iss: 'order' })],
    ['of a service that shares no secret', forge(secrets.orderProduct, { iss: 'storefront' })],
    ['of nobody', forge(secrets.orderProduct, { iss: '' })],
    ['of a name that objects have by themselves', forge(secrets.orderProduct, { iss: 'constructor' })],
    ['for another service', forge(secrets.orderProduct, { aud: 'order' })],
    ['of another kind', forge(secrets.orderProduct, {}, { typ: 'JWT' })],
  ])('%s is refused', async (_, token) => {
    await expect(product.verify(await token)).rejects.toMatchObject(unauthenticated)
  })

  it('opens nothing the other way round: the called cannot call back with the same secret', async () => {
    const back = await forge(secrets.orderProduct, { iss: 'product', aud: 'order' })
    await expect(order.verify(back)).rejects.toMatchObject(unauthenticated)
    await expect(product.authorizationFor('order')).rejects.toThrow('product has no secret for calls to order')
    expect(decodeJwt(back).aud).toBe('order')
  })
})

it('a route admits the services that its contract names, and no other with a valid token', async () => {
  const { authenticate } = createAuthentication({ serviceTokens: product })
  const access = { services: ['order'] }
  expect(await authenticate(access, await order.authorizationFor('product'))).toEqual({
    ...{ kind: 'service', service: 'order' },
  })
  await expect(authenticate(access, await payment.authorizationFor('product'))).rejects.toMatchObject({
    code: 'forbidden',
  })
})
