import { readFileSync, statSync } from 'node:fs'
import { type CryptoKey, exportJWK, importJWK, type JSONWebKeySet, type JWK } from 'jose'
import { z } from 'zod'

/** The key file can't be read or is not what it should be. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError'
}

const keyFile = z.object({
  current: z.string(),
  keys: z
    .array(
      z.object({
        kid: z.string(),
        createdAt: z.string(),
        /** When a key that signs no more stops being published. */
        expiresAt: z.iso.datetime().optional(),
        privateJwk: z.looseObject({ kty: z.literal('RSA') }),
      }),
    )
    .min(1),
})

export interface SigningKeys {
  /** The key that new tokens are signed with. */
  readonly current: { readonly kid: string; readonly key: CryptoKey }
  /** The public half of every key whose tokens are still good. */
  readonly jwks: JSONWebKeySet
}

interface KeysOfFile {
  readonly current: SigningKeys['current']
  readonly published: readonly { readonly jwk: JWK; readonly expiresAt: number }[]
}

/**
 * Gives the keys of the file as it is now: it is read again when it has changed, so that keys rotate without a restart.
 * A former key is left out once it has expired, whoever forgot to take it out of the file.
 */
export function openSigningKeys(path: string, now: () => number = Date.now): () => Promise<SigningKeys> {
  let loaded: { readonly version: string; readonly keys: Promise<KeysOfFile> } | undefined
  return async () => {
    const version = versionOf(path)
    if (loaded?.version !== version) loaded = { version, keys: readKeys(path) }
    const { current, published } = await loaded.keys
    return { current, jwks: { keys: published.filter(({ expiresAt }) => now() < expiresAt).map(({ jwk }) => jwk) } }
  }
}

function versionOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path)
    return `${mtimeMs}/${size}/${ino}`
  } catch (cause) {
    throw new KeyFileError(`the key file ${path} can't be read`, { cause })
  }
}

async function readKeys(path: string): Promise<KeysOfFile> {
  try {
    const file = keyFile.parse(JSON.parse(readFileSync(path, 'utf8')))
    const current = file.keys.find((each) => each.kid === file.current)
    if (!current) throw new KeyFileError(`the key file ${path} has no key ${file.current}`)
    return {
      current: { kid: current.kid, key: (await importJWK(current.privateJwk as JWK, 'RS256')) as CryptoKey },
      published: await Promise.all(
        file.keys.map(async ({ kid, privateJwk, expiresAt }) => ({
          jwk: await publicKey(kid, privateJwk as JWK),
          // The key that signs never expires: nobody could sign in.
          expiresAt: expiresAt && kid !== file.current ? Date.parse(expiresAt) : Number.POSITIVE_INFINITY,
        })),
      ),
    }
  } catch (cause) {
    if (cause instanceof KeyFileError) throw cause
    // The parser's words could quote a private key: only what kind of error it was is told.
    throw new KeyFileError(`the key file ${path} is not right: ${cause instanceof Error ? cause.name : 'unreadable'}`)
  }
}

/** Only the public members, named one by one, so that no private one can slip through. */
async function publicKey(kid: string, { kty, n, e }: JWK): Promise<JWK> {
  const key = await importJWK({ kty, n, e } as JWK, 'RS256', { extractable: true })
  return { ...(await exportJWK(key)), kid, alg: 'RS256', use: 'sig' }
}
