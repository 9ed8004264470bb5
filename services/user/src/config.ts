import { commonEnvironment, readEnvironment, tokenEnvironment } from '@portico/service-kit'
import { z } from 'zod'

export const databaseEnvironment = {
  /** With the database in its path; portico_user where it names none. */
  MONGODB_URL: z.string().regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://'),
}

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...databaseEnvironment,
    JWT_ISSUER: tokenEnvironment.JWT_ISSUER,
    JWT_AUDIENCE: tokenEnvironment.JWT_AUDIENCE,
    /** The private signing keys; read again when the file changes. */
    JWT_KEYS_FILE: z.string().min(1),
  })
