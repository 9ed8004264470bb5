import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, it } from 'vitest'
import { createTicketVerifier } from './access-token.ts'

const { privateKey, publicKey } = await generateKeyPair('RS256')
const names = { JWT_ISSUER: 'https://portico.invalid', JWT_AUDIENCE: 'portico' }
const verify = createTicketVerifier(
  { ...names, JWT_JWKS: JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'first', alg: 'RS256' }] }) },
  'orders.live',
)
const now = Math.floor(Date.now() / 1000)
const ticket = (claims: Record<string, unknown>, audience = 'orders.live') =>
  new SignJWT({ sub: 'ada', role: 'customer', jti: 'one', exp: now + 30, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'first' })
    .setIssuer(names.JWT_ISSUER)
    .setAudience(audience)
    .sign(privateKey)

it('lets what a ticket opens serve until the access token behind it expires', async () => {
  expect(await verify(await ticket({ until: now + 900 }))).toEqual({
    ...{ id: 'one', userId: 'ada', role: 'customer' },
    ...{ expiresAt: new Date((now + 30) * 1000), until: new Date((now + 900) * 1000) },
  })
})

it('lets what a ticket opens serve no longer than the ticket where that says nothing', async () => {
  expect((await verify(await ticket({}))).until).toEqual(new Date((now + 30) * 1000))
})

it('refuses tickets whose claims are not of the right form, and those for something else', async () => {
  const refused = [
    ticket({ until: 'forever' }),
    ticket({ role: 'root' }),
    ticket({ jti: undefined }),
    ticket({}, 'other'),
  ]
  for (const each of refused) await expect(verify(await each)).rejects.toMatchObject({ code: 'unauthenticated' })
})
