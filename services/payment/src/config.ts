import {
  busEnvironment,
  commonEnvironment,
  readEnvironment,
  serviceTokenEnvironment,
  tokenEnvironment,
} from '@portico/service-kit'
import { z } from 'zod'

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...tokenEnvironment,
    ...serviceTokenEnvironment,
    ...busEnvironment,
    REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must start with redis:// or rediss://'),
    PROVIDER_URL: z.url(),
    PROVIDER_SECRET: z.string().min(32),
  })
