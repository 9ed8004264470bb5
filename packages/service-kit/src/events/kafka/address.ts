import type { Broker, ConnectionOptions, SASLMechanismValue } from '@platformatic/kafka'

export const CONNECT_MS = 3000
/** Beyond every answer's own limit. */
const NEVER_MS = 600_000
const PORT = 9092

/** The broker of an address, and those of `?brokers=host:port,host:port`. */
export function brokersOf({ hostname, port, searchParams }: URL): Broker[] {
  const more = (searchParams.get('brokers') ?? '').split(',').filter(Boolean)
  return [`${hostname}:${port || PORT}`, ...more].map((each) => {
    const [, host = each, at] = /^(.*?)(?::(\d+))?$/.exec(each) ?? []
    return { host: host.replace(/^\[|\]$/g, ''), port: Number(at ?? PORT) }
  })
}

/** How to connect: TLS for `kafkas:`, and SASL where a user is named, by `?mechanism=SCRAM-SHA-512` or PLAIN. */
export function optionsOf({ protocol, username, password, searchParams }: URL): ConnectionOptions {
  const mechanism = (searchParams.get('mechanism') ?? 'PLAIN') as SASLMechanismValue
  return {
    connectTimeout: CONNECT_MS,
    requestTimeout: NEVER_MS,
    ...(protocol === 'kafkas:' && { tls: {}, tlsServerName: true }),
    ...(username && {
      sasl: { mechanism, username: decodeURIComponent(username), password: decodeURIComponent(password) },
    }),
  }
}
