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
  })
