import { type Condition, type Instance, type Registry, tell } from './registry.ts'

/**
 * Eureka: an instance with a lease that is renewed. Source: Eureka REST operations, Netflix/eureka wiki.
 * @param given its base, `/eureka` where no path is given; a user and a password go along.
 */
export function eurekaRegistry(given: URL): Registry {
  const base = new URL(given)
  base.username = ''
  base.password = ''
  const path = base.pathname.replace(/\/$/, '') || '/eureka'
  const headers = authorizationOf(given)
  let told: Condition = 'up'
  const at = (rest: string) => new URL(`${path}/apps/${rest}`, base)
  const instanceAt = ({ service, id }: Instance) =>
    at(`${encodeURIComponent(service.toUpperCase())}/${encodeURIComponent(id)}`)
  const register = async (instance: Instance, condition: Condition) => {
    const body = { instance: describe(instance, condition) }
    await tell(at(encodeURIComponent(instance.service.toUpperCase())), { method: 'POST', headers, body }, [200, 204])
    told = condition
  }
  return {
    name: `eureka ${base.origin}`,
    register: (instance) => register(instance, 'up'),
    async renew(instance, condition) {
      // Registering again is how a lease gets another status and keeps it.
      if (condition !== told) await register(instance, condition)
      return (await tell(instanceAt(instance), { method: 'PUT', headers }, [200, 404])) === 200
    },
    async deregister(instance) {
      await tell(instanceAt(instance), { method: 'DELETE', headers }, [200, 404])
    },
  }
}

function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '') return {}
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
}

function describe({ id, service, address, port, ttlSeconds }: Instance, condition: Condition): object {
  return {
    instanceId: id,
    app: service.toUpperCase(),
    hostName: address,
    ipAddr: address,
    vipAddress: service,
    secureVipAddress: service,
    status: condition === 'up' ? 'UP' : 'DOWN',
    port: { $: port, '@enabled': 'true' },
    securePort: { $: 443, '@enabled': 'false' },
    dataCenterInfo: { '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo', name: 'MyOwn' },
    leaseInfo: { renewalIntervalInSecs: Math.max(1, Math.floor(ttlSeconds / 3)), durationInSecs: ttlSeconds },
    // What says something older than what is known is not believed.
    lastDirtyTimestamp: String(Date.now()),
    lastUpdatedTimestamp: String(Date.now()),
  }
}
