import { busEnvironment, commonEnvironment, readEnvironment, tokenEnvironment } from '@portico/service-kit'
import { z } from 'zod'

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...tokenEnvironment,
    ...busEnvironment,
    REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must start with redis:// or rediss://'),
    PROVIDER_URL: z.url(),
    /** Shared with the provider alone. */
    PROVIDER_SECRET: z.string().min(32),
  })
