import net from 'node:net'
import type { Service } from '../config/entities.ts'
import type { Balancer, Peer } from './balancer.ts'
import type { CachedResolver } from './dns/cached-resolver.ts'
import type { Resolution } from './dns/resolver.ts'

const ignore = () => undefined

/** The balancer of a service whose host is no upstream: an address, or a name whose records take turns. */
export function directBalancer({ host, port }: Service, resolver: CachedResolver): Balancer {
  if (net.isIP(host)) {
    const peer: Peer = { ip: host, port, host, report: ignore, release: ignore }
    return { next: () => peer }
  }
  let turn = 0
  const choose = ({ records }: Resolution): Peer => {
    const record = records[turn++ % records.length]
    return { ip: record?.ip ?? '', port: record?.port ?? port, host, report: ignore, release: ignore }
  }
  return {
    next() {
      const resolution = resolver.resolve(host)
      return resolution instanceof Promise ? resolution.then(choose) : choose(resolution)
    },
  }
}
