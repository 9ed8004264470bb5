import {
  busEnvironment,
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
    PRODUCT_URL: z.url(),
  })
