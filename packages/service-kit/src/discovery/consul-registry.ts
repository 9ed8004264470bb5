import { type Condition, type Instance, type Registry, tell } from './registry.ts'

/** How long a critical instance stays listed; Consul allows no less. */
const FORGOTTEN_AFTER = '1m'

/**
 * Consul's agent: a service with a TTL check that this process passes.
 * Source: Consul's HTTP API, agent/service and agent/check.
 */
export function consulRegistry(base: URL, token?: string): Registry {
  const headers: Record<string, string> = token === undefined ? {} : { 'x-consul-token': token }
  const put = (path: string, expected: readonly number[], body?: object) => {
    const url = new URL(path, base)
    for (const [name, value] of base.searchParams) url.searchParams.set(name, value)
    return tell(url, { method: 'PUT', headers, ...(body && { body }) }, expected)
  }
  return {
    name: `consul ${base.origin}`,
    async register({ id, service, address, port, ttlSeconds }) {
      const check = { TTL: `${ttlSeconds}s`, Status: 'passing', DeregisterCriticalServiceAfter: FORGOTTEN_AFTER }
      const body = { ID: id, Name: service, Address: address, Port: port, Check: check }
      await put('/v1/agent/service/register?replace-existing-checks=true', [200], body)
    },
    async renew({ id }: Instance, condition: Condition) {
      const status = condition === 'up' ? 'passing' : 'critical'
      const body = { Status: status, Output: condition === 'up' ? 'ready' : 'not ready' }
      // An agent that was started anew without its data knows no such check: 404, before Consul 1.10 a 500.
      return (await put(`/v1/agent/check/update/service:${encodeURIComponent(id)}`, [200, 404, 500], body)) === 200
    },
    async deregister({ id }) {
      await put(`/v1/agent/service/deregister/${encodeURIComponent(id)}`, [200, 404])
    },
  }
}
