import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { jwt } from './jwt.ts'
import type { Exit } from './plugin.ts'
import { configOf } from './testing/defaults.ts'
import { testConfiguration, testExchange, testInstance, testWorker } from './testing/exchange.ts'

const clock = { now: 1_700_000_000_000 }
const worker = testWorker(clock)
const alice = { id: 'a11ce000-0000-4000-8000-000000000001', username: 'alice', custom_id: null }
const guest = { id: '9e570000-0000-4000-8000-000000000001', username: 'guest', custom_id: null }

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function hmacToken(alg: string, claims: object, secret = 'secret'): string {
  const signed = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${createHmac(`sha${alg.slice(2)}`, secret)
    .update(signed)
    .digest('base64url')}`
}

const hs256 = (claims: object, secret?: string) => hmacToken('HS256', claims, secret)

function signedBy(alg: string, key: KeyObject, options: object): string {
  const signed = `${encode({ alg })}.${encode({ iss: 'alice-key' })}`
  const hash = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`
  const signature = sign(alg === 'none' ? 'sha256' : hash, Buffer.from(signed), { key, ...options })
  return `${signed}.${signature.toString('base64url')}`
}

/** The same signature under other claims. */
function forged(token: string): string {
  const [header = '', , signature = ''] = token.split('.')
  return `${header}.${encode({ iss: 'alice-key', admin: true })}.${signature}`
}

function setUp(given: object = {}, secret: object = {}) {
  const configuration = testConfiguration({
    consumers: [alice, guest],
    jwt_secrets: [
      {
        consumer: { id: alice.id },
        key: 'alice-key',
        secret: 'secret',
        algorithm: 'HS256',
        rsa_public_key: null,
        ...secret,
      },
    ],
  })
  const config = configOf(jwt, given)
  const send = (token?: string, target = '/') => {
    const headers = token === undefined ? [] : ([['Authorization', `Bearer ${token}`]] as const)
    const exchange = testExchange({ configuration, worker, target, headers })
    const exit = jwt.access(exchange, config) as Exit | undefined
    return { exchange, exit }
  }
  return { send, config, instance: testInstance('jwt', config) }
}

const refusalOf = (exit: Exit | undefined) => (exit?.kind === 'exit' ? exit.body : undefined)

describe('jwt', () => {
  it('lets a good token in and tells the upstream whose it is', () => {
    const { exchange, exit } = setUp().send(hs256({ iss: 'alice-key' }))
    expect(exit).toBeUndefined()
    expect(exchange.consumer?.id).toBe(alice.id)
    expect(exchange.upstream.headers.get('X-Consumer-Username')).toBe('alice')
    expect(exchange.upstream.headers.get('X-Credential-Identifier')).toBe('alice-key')
  })

  it('refuses a request without a token, or with two different ones', () => {
    const { send } = setUp({ realm: 'shop' })
    expect(send().exit).toEqual({
      kind: 'exit',
      status: 401,
      body: { message: 'Unauthorized' },
      headers: { 'WWW-Authenticate': 'Bearer realm="shop"' },
    })
    expect(refusalOf(send('a', '/?jwt=b').exit)).toEqual({ message: 'Multiple tokens provided' })
  })

  it.each([
    ['a.b', 'Bad token; invalid JSON'],
    [`${encode({ alg: 'none' })}.${encode({ iss: 'alice-key' })}.`, 'Bad token; invalid alg'],
    [hs256({ sub: 'x' }), "No mandatory 'iss' in claims"],
    [hs256({ iss: '' }), "Invalid 'iss' in claims"],
    [hs256({ iss: 'nobody' }), "No credentials found for given 'iss'"],
    [hs256({ iss: 'alice-key' }, 'other'), 'Invalid signature'],
    [`${hs256({ iss: 'alice-key' })}!`, 'Bad token; invalid signature'],
  ])('refuses %s with %s', (token, message) => {
    expect(refusalOf(setUp().send(token).exit)).toEqual({ message })
  })

  it('fails for a key claim that is no text', () => {
    expect(() => setUp().send(hs256({ iss: 123 }))).toThrow(TypeError)
  })

  it('refuses an HMAC token where the credential has a public key', () => {
    const { send } = setUp({}, { algorithm: 'RS256', rsa_public_key: 'x' })
    expect(refusalOf(send(hs256({ iss: 'alice-key' }, 'x')).exit)).toEqual({ message: 'Invalid algorithm' })
  })

  it.each(['HS256', 'HS384', 'HS512'])('checks %s with the secret', (algorithm) => {
    const { send } = setUp({}, { algorithm })
    const token = hmacToken(algorithm, { iss: 'alice-key' })
    expect(send(token).exit).toBeUndefined()
    expect(refusalOf(send(forged(token)).exit)).toEqual({ message: 'Invalid signature' })
  })

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ecdsa = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve })
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
  const p1363 = { dsaEncoding: 'ieee-p1363' as const }

  it.each([
    ['RS256', rsa, {}],
    ['RS384', rsa, {}],
    ['RS512', rsa, {}],
    ['PS256', rsa, pss],
    ['PS384', rsa, pss],
    ['PS512', rsa, pss],
    ['ES256', ecdsa('P-256'), p1363],
    ['ES384', ecdsa('P-384'), p1363],
    ['ES512', ecdsa('P-521'), p1363],
    ['EdDSA', generateKeyPairSync('ed25519'), {}],
    ['EdDSA', generateKeyPairSync('ed448'), {}],
  ])('checks %s with the public key', (algorithm, { publicKey, privateKey }, options) => {
    const rsa_public_key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const { send } = setUp({}, { algorithm, rsa_public_key })
    const token = signedBy(algorithm, privateKey, options)
    expect(send(token).exit).toBeUndefined()
    expect(refusalOf(send(forged(token)).exit)).toEqual({ message: 'Invalid signature' })
  })

  const pem = ({ publicKey }: { publicKey: KeyObject }) => publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const keysOfOtherKinds = {
    RSA: pem(rsa),
    'P-256': pem(ecdsa('P-256')),
    'P-384': pem(ecdsa('P-384')),
    Ed25519: pem(generateKeyPairSync('ed25519')),
    X25519: pem(generateKeyPairSync('x25519')),
    'RSA of 512 bits': pem(generateKeyPairSync('rsa', { modulusLength: 512 })),
    'RSA-PSS': pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha1' })),
  }
  const signers = [
    ...['RS256', 'RS384', 'RS512'].map((algorithm) => [algorithm, rsa.privateKey, {}] as const),
    ...['PS256', 'PS384', 'PS512'].map((algorithm) => [algorithm, rsa.privateKey, pss] as const),
    ['ES256', ecdsa('P-256').privateKey, p1363] as const,
    ['ES384', ecdsa('P-384').privateKey, p1363] as const,
    ['ES512', ecdsa('P-521').privateKey, p1363] as const,
    ['EdDSA', generateKeyPairSync('ed25519').privateKey, {}] as const,
  ]
  const mismatches = signers.flatMap((signer) =>
    Object.entries(keysOfOtherKinds)
      .filter(([kind]) => kind !== 'RSA' || !/^[RP]S/.test(signer[0]))
      .map(([kind, rsa_public_key]) => {
        const [algorithm, privateKey, options] = signer
        return { algorithm, privateKey, options, kind, rsa_public_key }
      }),
  )

  it.each(mismatches)('answers 401 for a credential of $algorithm with a key of the kind $kind', (given) => {
    const { algorithm, privateKey, options, rsa_public_key } = given
    const { send } = setUp({}, { algorithm, rsa_public_key })
    expect(send(signedBy(algorithm, privateKey, options)).exit).toMatchObject({
      status: 401,
      body: { message: 'Invalid signature' },
    })
  })

  it.each(['ES256', 'ES384', 'ES512'])('answers 401 for an %s credential without a key', (algorithm) => {
    const { send } = setUp({}, { algorithm, rsa_public_key: null })
    const signed = signers.find(([name]) => name === algorithm)
    expect(signed && send(signedBy(...signed)).exit).toMatchObject({
      status: 401,
      body: { message: 'Invalid key/secret' },
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
    })
  })

  it('refuses one algorithm of a key in the name of another', () => {
    const rsa_public_key = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const { send } = setUp({}, { algorithm: 'RS256', rsa_public_key })
    expect(refusalOf(send(signedBy('PS256', rsa.privateKey, pss)).exit)).toEqual({ message: 'Invalid algorithm' })
    expect(refusalOf(send(signedBy('none', rsa.privateKey, {})).exit)).toEqual({ message: 'Bad token; invalid alg' })
  })

  it('forgets what it verified once the configuration is another one', () => {
    const token = hs256({ iss: 'alice-key' })
    const before = setUp()
    for (let i = 0; i < 3; i++) expect(before.send(token).exit).toBeUndefined()
    const after = setUp({}, { secret: 'another' })
    expect(refusalOf(after.send(token).exit)).toEqual({ message: 'Invalid signature' })
  })

  it('looks at the clock each time a token is shown, however often it was good', () => {
    const { send } = setUp({ claims_to_verify: ['exp', 'nbf'] })
    const token = hs256({ iss: 'alice-key', nbf: clock.now / 1000, exp: clock.now / 1000 + 60 })
    for (let i = 0; i < 4; i++) expect(send(token).exit).toBeUndefined()
    clock.now += 60_000
    expect(refusalOf(send(token).exit)).toEqual({ exp: 'token expired' })
    clock.now -= 61_000
    expect(refusalOf(send(token).exit)).toEqual({ nbf: 'token not valid yet' })
    clock.now += 1_000
  })

  it('refuses a token that lives longer than allowed', () => {
    const { send } = setUp({ claims_to_verify: ['exp'], maximum_expiration: 300 })
    expect(send(hs256({ iss: 'alice-key', exp: clock.now / 1000 + 300 })).exit).toBeUndefined()
    expect(refusalOf(send(hs256({ iss: 'alice-key', exp: clock.now / 1000 + 301 })).exit)).toEqual({
      exp: 'exceeds maximum allowed expiration',
    })
  })

  it('takes a time in words for a number where it is one, and fails where it is none', () => {
    const { send } = setUp({ maximum_expiration: 300 })
    expect(send(hs256({ iss: 'alice-key', exp: '1' })).exit).toBeUndefined()
    expect(() => send(hs256({ iss: 'alice-key', exp: 'soon' }))).toThrow('exp is a string')
  })

  it('makes who fails the anonymous consumer, and removes what they claimed to be', () => {
    const { send } = setUp({ anonymous: 'guest' })
    const { exchange, exit } = send('garbage')
    expect(exit).toBeUndefined()
    expect(exchange.consumer?.id).toBe(guest.id)
    expect(exchange.upstream.headers.get('X-Anonymous-Consumer')).toBe('true')
    expect(() => setUp({ anonymous: 'nobody' }).send()).toThrow('the anonymous consumer nobody does not exist')
  })
})
