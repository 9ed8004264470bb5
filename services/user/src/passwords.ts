import { hash, verify } from '@node-rs/argon2'
import { createBounded } from '@portico/service-kit'

/** OWASP's parameters for argon2id: 19 MiB, two passes, one lane. */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const hashPassword = (password: string): Promise<string> => hash(password, parameters)

/** How many passwords are hashed at the same time, and how many may wait. */
export interface HashingLimits {
  readonly concurrent: number
  readonly waiting: number
}

/**
 * Two of the four threads of libuv's pool, which token checks, file reads and DNS share; about two seconds of waiting.
 */
export const defaultHashingLimits: HashingLimits = { concurrent: 2, waiting: 128 }

/** Hashes and compares passwords within limits. Each method throws AppError unavailable when the queue is full. */
export interface Passwords {
  hash(password: string): Promise<string>
  /** Takes the same time whether or not there is an account. */
  fits(password: string, passwordHash: string | undefined): Promise<boolean>
  /** Passwords that wait to be hashed. */
  readonly waiting: number
}

export function createPasswords(limits: HashingLimits = defaultHashingLimits): Passwords {
  const bounded = createBounded(limits)
  /** Compared against when there is no such account. */
  let decoy: Promise<string> | undefined
  return {
    hash: (password) => bounded.run(() => hashPassword(password)),
    fits: (password, passwordHash) =>
      bounded.run(async () => {
        decoy ??= hashPassword('nobody has this password')
        const fits = await verify(passwordHash ?? (await decoy), password)
        return fits && passwordHash !== undefined
      }),
    get waiting() {
      return bounded.waiting
    },
  }
}
