import { EurekaServer } from './eureka.ts'
import { registrySuite } from './registry-suite.ts'

const eureka = new EurekaServer()

registrySuite('a real Eureka server', {
  get url() {
    return eureka.url
  },
  start: () => eureka.start(),
  stop: () => eureka.stop(),
  environment: {},
  // The gateway asks every five seconds, and an answer may take as long.
  slownessMs: 12_000,
})
