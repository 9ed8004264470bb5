import { commonEnvironment, readEnvironment, tokenEnvironment } from '@portico/service-kit'
import { z } from 'zod'
import { defaultHashingLimits } from './passwords.ts'
import { defaultLifetime } from './store/sessions.ts'

export const databaseEnvironment = {
  /** With the database in its path; portico_user where it names none. */
  MONGODB_URL: z.string().regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://'),
}

const count = (fallback: number) => z.coerce.number().pipe(z.int().min(1).max(10_000)).default(fallback)

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...databaseEnvironment,
    JWT_ISSUER: tokenEnvironment.JWT_ISSUER,
    JWT_AUDIENCE: tokenEnvironment.JWT_AUDIENCE,
    /** The private signing keys; read again when the file changes. */
    JWT_KEYS_FILE: z.string().min(1),
    /** Passwords hashed at the same time, and those that may wait; more get 503. */
    PASSWORD_HASHES_CONCURRENT: count(defaultHashingLimits.concurrent),
    PASSWORD_HASHES_WAITING: count(defaultHashingLimits.waiting),
    /** Lifetime of a session without a refresh, and in all. */
    SESSION_IDLE_DAYS: count(defaultLifetime.idleDays),
    SESSION_MAX_DAYS: count(defaultLifetime.maxDays),
  })
