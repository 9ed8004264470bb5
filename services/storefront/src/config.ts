import { join } from 'node:path'
import { commonEnvironment, readEnvironment, tokenEnvironment } from '@portico/service-kit'
import { z } from 'zod'

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...tokenEnvironment,
    ORDER_URL: z.url(),
    USER_URL: z.url(),
    /** Where the built apps are. */
    APPS_DIR: z.string().default(join(import.meta.dirname, '../dist')),
  })
