import { join } from 'node:path'
import { commonEnvironment, readEnvironment, tokenEnvironment } from '@portico/service-kit'
import { z } from 'zod'
import { partsEnvironment } from './parts.ts'
import { sessionsEnvironment } from './web-sessions/sessions.ts'

export type Config = ReturnType<typeof readConfig>

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...tokenEnvironment,
    ...partsEnvironment,
    ...sessionsEnvironment,
    ORDER_URL: z.url(),
    USER_URL: z.url(),
    /** What the admin panel also watches, where told. */
    PRODUCT_URL: z.url().optional(),
    PAYMENT_URL: z.url().optional(),
    /** The gateway's Admin API, which is only read; and where its metrics are, if not there. */
    GATEWAY_ADMIN_URL: z.url().optional(),
    GATEWAY_ADMIN_TOKEN: z.string().min(1).optional(),
    GATEWAY_METRICS_URL: z.url().optional(),
    /** False only to try the shop over plain HTTP in a browser that does not trust loopback, such as Safari. */
    SECURE_COOKIES: z.stringbool().default(true),
    /** Where the built apps are. */
    APPS_DIR: z.string().default(join(import.meta.dirname, '../dist')),
  })
