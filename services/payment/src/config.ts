import { busEnvironment, commonEnvironment, readEnvironment, tokenEnvironment } from '@portico/service-kit'
import { z } from 'zod'
import { providerEnvironment } from './sandbox-provider.ts'

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...tokenEnvironment,
    ...busEnvironment,
    REDIS_URL: z.string().regex(/^rediss?:\/\//, 'must start with redis:// or rediss://'),
    ...providerEnvironment,
    /** Charges of one customer in flight at once, so that those which hang leave places to others. */
    PROVIDER_MAX_CONCURRENT_PER_CUSTOMER: z.coerce.number().pipe(z.int().min(1).max(10_000)).default(4),
    PROVIDER_URL: z.url(),
    /** Shared with the provider alone. */
    PROVIDER_SECRET: z.string().min(32),
    /** By which the provider signs its webhooks; without it none is taken. */
    PROVIDER_WEBHOOK_SECRET: z.string().min(32).optional(),
    /** The one before, while it changes. */
    PROVIDER_WEBHOOK_SECRET_PREVIOUS: z.string().min(32).optional(),
  })
