/** Settings that bound what clients may take up: nginx's directives under Kong's names, and two of Portico's own. */
import { defaultSettings, type ProxySettings } from '../proxy/settings.ts'
import type { Settings } from '../settings.ts'
import { readCount, readDuration, readSize } from './values.ts'

type Change = (settings: Settings, value: string, name: string) => Partial<Settings>
type Read = (value: string, name: string) => number

const client =
  (member: keyof ProxySettings['client'], read: Read): Change =>
  ({ proxy }, value, name) => ({ proxy: { ...proxy, client: { ...proxy.client, [member]: read(value, name) } } })

const limit =
  (member: keyof ProxySettings['limits'], read: Read): Change =>
  ({ proxy }, value, name) => ({ proxy: { ...proxy, limits: { ...proxy.limits, [member]: read(value, name) } } })

/** Directives that Kong puts into the block `http`, or into the proxy's own `server`, which then counts. */
const directives: Readonly<Record<string, Change>> = {
  CLIENT_MAX_BODY_SIZE: limit('maxBodyBytes', readSize),
  CLIENT_HEADER_TIMEOUT: client('headerTimeout', readDuration),
  CLIENT_BODY_TIMEOUT: client('bodyTimeout', readDuration),
  SEND_TIMEOUT: client('sendTimeout', readDuration),
  KEEPALIVE_TIMEOUT: client('keepAliveTimeout', readDuration),
  KEEPALIVE_REQUESTS: client('keepAliveRequests', readCount),
}

const inBlock = (block: 'HTTP' | 'PROXY'): Readonly<Record<string, Change>> =>
  Object.fromEntries(Object.entries(directives).map(([name, change]) => [`KONG_NGINX_${block}_${name}`, change]))

const workerConnections: Read = (value, name) =>
  value === 'auto' ? defaultSettings.limits.connections : readCount(value, name)

export const clientLimits: Readonly<Record<string, Change>> = {
  ...inBlock('HTTP'),
  ...inBlock('PROXY'),
  KONG_NGINX_EVENTS_WORKER_CONNECTIONS: limit('connections', workerConnections),
  // Kong has no such settings.
  KONG_CONNECTIONS_PER_ADDRESS: limit('connectionsPerAddress', readCount),
  KONG_SPOOL_MAX_SIZE: limit('spoolBytes', readSize),
}
