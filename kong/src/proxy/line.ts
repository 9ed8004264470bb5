import type { Balancers } from '../balancer/balancers.ts'
import type { Configuration } from '../config/configuration.ts'
import type { PluginRunner } from '../plugins/runner.ts'
import type { Router } from '../router/router.ts'
import type { ServerCertificates } from '../tls/server-certificates.ts'

/** What one configuration was compiled into: the modules that a request passes, in order. */
export interface Line {
  readonly configuration: Configuration
  readonly router: Router
  readonly plugins: PluginRunner
  readonly balancers: Balancers
  readonly certificates: ServerCertificates
}
