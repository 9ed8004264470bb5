/** How names are resolved; Kong's names and defaults (kong.conf, 3.9), times in milliseconds. */
export interface DnsSettings {
  /** `dns_resolver`: `address` or `address:port`; none asks whom the system asks. */
  readonly servers: readonly string[]
  /** `dns_valid_ttl`: instead of what records say. */
  readonly validTtl: number | undefined
  /** `dns_stale_ttl`: how long an old answer may still be used while a new one is asked for. */
  readonly staleTtl: number
  /** `dns_not_found_ttl` and `dns_error_ttl`: how long it is remembered that there was no answer. */
  readonly notFoundTtl: number
  readonly errorTtl: number
}

export const defaultDns: DnsSettings = {
  servers: [],
  validTtl: undefined,
  staleTtl: 3_600_000,
  notFoundTtl: 30_000,
  errorTtl: 1000,
}
