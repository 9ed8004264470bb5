import {
  busEnvironment,
  commonEnvironment,
  grpcEnvironment,
  readEnvironment,
  serviceTokenEnvironment,
  tcpEnvironment,
  tokenEnvironment,
} from '@portico/service-kit'
import { z } from 'zod'

export const databaseEnvironment = {
  POSTGRES_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres:// or postgresql://'),
}

export const readConfig = () =>
  readEnvironment({
    ...commonEnvironment,
    ...tokenEnvironment,
    ...serviceTokenEnvironment,
    ...busEnvironment,
    ...tcpEnvironment,
    ...databaseEnvironment,
    ...grpcEnvironment,
  })
