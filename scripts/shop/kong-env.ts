import { existsSync, readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { writeAtomically } from '../atomic-file.ts'
import type { Home } from '../home.ts'
import { type KeyRing, publicPem, splitRing } from './key-ring.ts'

/** Where the gateway finds each service: `host:port` by the name of the service. */
export type Targets = Readonly<Record<string, string>>

/** Writes the file with the values that kong.yml names as `${{ env "DECK_…" }}`; the gateway reads it at each load. */
export function writeKongEnv(home: Home, targets: Targets, ring: KeyRing, corsOrigin = 'http://localhost:5173'): void {
  const { current, next } = splitRing(ring)
  writeValues(home, {
    ...Object.fromEntries(
      Object.entries(targets).map(([name, target]) => [`DECK_${name.toUpperCase()}_TARGET`, target]),
    ),
    DECK_JWT_CURRENT_KID: current.kid,
    DECK_JWT_CURRENT_PUBLIC_KEY: publicPem(current),
    DECK_JWT_NEXT_KID: next.kid,
    DECK_JWT_NEXT_PUBLIC_KEY: publicPem(next),
    DECK_CORS_ORIGIN: process.env.DECK_CORS_ORIGIN ?? corsOrigin,
  })
}

/** Puts other keys into the file, and leaves the rest as it is; the first start makes a file that is not there yet. */
export function replaceKeys(home: Home, ring: KeyRing): void {
  if (!existsSync(home.kongEnvFile)) return
  const known = parseEnv(readFileSync(home.kongEnvFile, 'utf8'))
  const targets = Object.entries(known).flatMap(([name, value]) => {
    const service = /^DECK_(\w+)_TARGET$/.exec(name)?.[1]
    return service === undefined ? [] : [[service.toLowerCase(), value ?? '']]
  })
  writeKongEnv(home, Object.fromEntries(targets), ring, known.DECK_CORS_ORIGIN)
}

function writeValues(home: Home, values: Readonly<Record<string, string>>): void {
  const lines = Object.entries(values).map(([name, value]) => `${name}="${value.replaceAll('\n', '\\n')}"\n`)
  writeAtomically(home.kongEnvFile, lines.join(''))
}
