import { ConsulDouble } from './consul.ts'
import { registrySuite } from './registry-suite.ts'

const token = 'a-token-of-consul'
const consul = new ConsulDouble(token)

registrySuite('Consul, by a double of its documented API, since no server of it is to be had', {
  get url() {
    return `consul:${consul.url}`
  },
  start: () => consul.start(),
  stop: () => consul.stop(),
  environment: { CONSUL_HTTP_TOKEN: token },
  slownessMs: 500,
})
