/**
 * Loaded before a service by `node --import`, and by nothing else: no service and no image knows of it, so that it costs
 * nothing where it is not asked for. It wraps the drivers through which the adapters speak.
 */
import { createPass } from './passage.ts'
import { isFaultyProcess } from './steps.ts'

const { PORTICO_FAULTS: folder, PORTICO_FAULTS_PROCESS: name, NODE_ENV: mode } = process.env

if (folder !== undefined && name !== undefined && isFaultyProcess(name)) {
  if (mode === 'production') throw new Error('PORTICO_FAULTS makes a service die on purpose: not in production.')
  const pass = createPass(folder, name)
  const { watchHttp } = await import('./http.ts')
  watchHttp(pass)
  if (name === 'provider') (await import('./sqlite.ts')).watchSqlite(pass)
  if (name === 'order') (await import('./mysql.ts')).watchMysql(pass)
  if (name === 'order') (await import('./grpc.ts')).watchGrpc(pass)
  if (name === 'product') (await import('./postgres.ts')).watchPostgres(pass)
  if (name !== 'provider') (await import('./redis.ts')).watchRedis(pass)
}
