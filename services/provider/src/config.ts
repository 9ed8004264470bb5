import { commonEnvironment, readEnvironment } from '@portico/service-kit'
import { z } from 'zod'

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    /** Where the ledger is kept. */
    PROVIDER_DATA_DIR: z.string().min(1),
    /** Shared with payment-service alone. */
    PROVIDER_SECRET: z.string().min(32),
    /** How long tok_slow takes. */
    PROVIDER_SLOW_MS: z.coerce.number().pipe(z.int().min(0).max(60_000)).default(3000),
    /** Where webhooks go; without it none are sent. */
    PROVIDER_WEBHOOK_URL: z.url().optional(),
    /** Signs webhooks; needed with their URL. */
    PROVIDER_WEBHOOK_SECRET: z.string().min(32).optional(),
    /** How long after it happened a webhook is sent. */
    PROVIDER_WEBHOOK_DELAY_MS: z.coerce.number().pipe(z.int().min(0).max(600_000)).default(1000),
    /** Every so-manieth webhook is sent twice, the second time late; 0: none. */
    PROVIDER_WEBHOOK_DUPLICATES: z.coerce.number().pipe(z.int().min(0)).default(10),
  })
