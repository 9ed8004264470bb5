import { exchange } from '../http/exchange.ts'

/** One process of a service, as a registry is told of it. */
export interface Instance {
  /** The same after a restart at the same address, so that it takes its own place. */
  readonly id: string
  /** The name of the gateway's upstream: `order-service`. */
  readonly service: string
  /** What others reach it by: a name or an address, without port. */
  readonly address: string
  readonly port: number
  /** How long it counts without a sign of life, in seconds. */
  readonly ttlSeconds: number
}

/** Whether it takes requests. */
export type Condition = 'up' | 'down'

/** A registry of services. Each call is one request; all throw RegistryFailed where it does not do as asked. */
export interface Registry {
  /** For logs; without credentials. */
  readonly name: string
  register(instance: Instance): Promise<void>
  /** Gives a sign of life. Answers false where the registry doesn't know the instance (any more). */
  renew(instance: Instance, condition: Condition): Promise<boolean>
  deregister(instance: Instance): Promise<void>
}

/** A registry does not answer, or refuses. */
export class RegistryFailed extends Error {
  override readonly name = 'RegistryFailed'
}

const TIMEOUT_MS = 2000

/** One request to a registry; the status where it is one of those expected. @throws RegistryFailed */
export async function tell(
  url: URL,
  request: { readonly method: string; readonly headers?: Record<string, string>; readonly body?: object },
  expected: readonly number[],
): Promise<number> {
  const { method } = request
  const body = request.body && JSON.stringify(request.body)
  const headers = {
    accept: 'application/json',
    ...request.headers,
    ...(body && { 'content-type': 'application/json' }),
  }
  try {
    const { status } = await exchange(url, { method, headers, body, timeoutMs: TIMEOUT_MS })
    if (expected.includes(status)) return status
    throw new RegistryFailed(`${method} ${url.pathname} was answered ${status}`)
  } catch (error) {
    if (error instanceof RegistryFailed) throw error
    throw new RegistryFailed(`${url.origin} does not answer`, { cause: error })
  }
}
