import {
  busEnvironment,
  callEnvironment,
  commonEnvironment,
  readEnvironment,
  serviceTokenEnvironment,
  tcpEnvironment,
  tokenEnvironment,
} from '@portico/service-kit'
import { z } from 'zod'

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...tokenEnvironment,
    ...serviceTokenEnvironment,
    ...busEnvironment,
    ...tcpEnvironment,
    MYSQL_URL: z.string().regex(/^mysql:\/\//, 'must start with mysql://'),
    // Holds that are under way at the same time share a call, so many may be.
    ...callEnvironment('PRODUCT', { maxConcurrent: 128 }),
    /** By gRPC (grpc:, grpcs:), HTTP, or TCP as NestJS speaks it (tcp:). */
    PRODUCT_URL: z.url({ protocol: /^(grpcs?|https?|tcp)$/ }),
  })
