import type { GrpcService, Route } from '@portico/contracts'
import * as contract from '@portico/contracts'

/** What each service serves. */
export const served: Readonly<Record<string, readonly Route[]>> = {
  user: contract.userRoutes,
  product: [...contract.productRoutes, ...contract.catalogueV2Routes, ...contract.productAdminRoutes],
  order: [...contract.orderRoutes, ...contract.orderAdminRoutes],
  payment: [...contract.paymentRoutes, ...contract.paymentAdminRoutes],
  storefront: contract.storefrontRoutes,
  provider: contract.providerRoutes,
}

/** Every service with every route of its own, named as people write it. */
export const pairs = Object.entries(served).flatMap(([service, routes]) =>
  routes.map((route): [name: string, service: string, route: Route] => [
    `${service}: ${route.method} ${route.path}`,
    service,
    route,
  ]),
)

const exported: readonly unknown[] = Object.values(contract)
const isRoute = (value: unknown): value is Route => value instanceof Object && 'replies' in value
const isGrpc = (value: unknown): value is GrpcService => value instanceof Object && 'proto' in value

/** Every route that the contract has, whether a service serves it or not. */
export const allRoutes = [...new Set([...exported.filter(isRoute), ...pairs.map(([, , route]) => route)])]

/** The gRPC services of the contract that are not for everybody. */
export const guardedGrpc = exported.filter(isGrpc).filter(({ access }) => access !== 'public')

/** Not for clients: the gateway answers 404, whoever asks. */
export const isInternal = (service: string, { access }: Route) => service === 'provider' || typeof access === 'object'

/** At the gateway storefront answers these paths, which has rows of its own. */
export const isMerged = (service: string, { id }: Route) => service !== 'storefront' && /^list(Orders|Audit)$/.test(id)
