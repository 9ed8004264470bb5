/**
 * The entities of a loaded configuration, as Kong 3.9 stores them: every field present, defaults filled in, `null`
 * where unset, foreign keys as `{ id }`. Times are seconds since the epoch, timeouts milliseconds.
 */

export type Protocol = 'http' | 'https' | 'grpc' | 'grpcs' | 'tcp' | 'tls' | 'tls_passthrough' | 'udp'

export interface Reference {
  readonly id: string
}

export interface EntityBase {
  readonly id: string
  readonly created_at: number
  readonly updated_at?: number
  readonly tags: readonly string[] | null
}

export interface Service extends EntityBase {
  readonly name: string | null
  readonly protocol: Protocol
  readonly host: string
  readonly port: number
  readonly path: string | null
  readonly retries: number
  readonly connect_timeout: number
  readonly write_timeout: number
  readonly read_timeout: number
  readonly client_certificate: Reference | null
  readonly tls_verify: boolean | null
  readonly tls_verify_depth: number | null
  readonly ca_certificates: readonly string[] | null
  readonly enabled: boolean
}

export interface Route extends EntityBase {
  readonly name: string | null
  readonly protocols: readonly Protocol[]
  readonly methods: readonly string[] | null
  readonly hosts: readonly string[] | null
  readonly paths: readonly string[] | null
  readonly headers: Readonly<Record<string, readonly string[]>> | null
  readonly snis: readonly string[] | null
  readonly https_redirect_status_code: number
  readonly regex_priority: number
  readonly strip_path: boolean
  readonly preserve_host: boolean
  readonly request_buffering: boolean
  readonly response_buffering: boolean
  readonly path_handling: 'v0' | 'v1'
  readonly service: Reference | null
}

export interface Consumer extends EntityBase {
  readonly username: string | null
  readonly custom_id: string | null
}

export interface PluginEntity extends EntityBase {
  readonly name: string
  readonly instance_name: string | null
  readonly config: unknown
  readonly enabled: boolean
  readonly protocols: readonly Protocol[]
  readonly service: Reference | null
  readonly route: Reference | null
  readonly consumer: Reference | null
}

export interface ActiveHealthcheck {
  readonly type: 'tcp' | 'http' | 'https' | 'grpc' | 'grpcs'
  /** Seconds. */
  readonly timeout: number
  readonly concurrency: number
  readonly http_path: string
  readonly https_sni: string | null
  readonly https_verify_certificate: boolean
  readonly headers: Readonly<Record<string, readonly string[]>> | null
  /** `interval` in seconds; 0 is off. */
  readonly healthy: { readonly interval: number; readonly http_statuses: readonly number[]; readonly successes: number }
  readonly unhealthy: {
    readonly interval: number
    readonly http_statuses: readonly number[]
    readonly tcp_failures: number
    readonly timeouts: number
    readonly http_failures: number
  }
}

export interface PassiveHealthcheck {
  readonly type: 'tcp' | 'http' | 'https' | 'grpc' | 'grpcs'
  readonly healthy: { readonly http_statuses: readonly number[]; readonly successes: number }
  readonly unhealthy: {
    readonly http_statuses: readonly number[]
    readonly tcp_failures: number
    readonly timeouts: number
    readonly http_failures: number
  }
}

export type HashInput = 'none' | 'consumer' | 'ip' | 'header' | 'cookie' | 'path' | 'query_arg' | 'uri_capture'

export interface Upstream extends EntityBase {
  readonly name: string
  readonly algorithm: 'round-robin' | 'consistent-hashing' | 'least-connections' | 'latency'
  readonly hash_on: HashInput
  readonly hash_fallback: HashInput
  readonly hash_on_header: string | null
  readonly hash_fallback_header: string | null
  readonly hash_on_cookie: string | null
  readonly hash_on_cookie_path: string
  readonly hash_on_query_arg: string | null
  readonly hash_fallback_query_arg: string | null
  readonly hash_on_uri_capture: string | null
  readonly hash_fallback_uri_capture: string | null
  readonly slots: number
  readonly host_header: string | null
  readonly client_certificate: Reference | null
  readonly use_srv_name: boolean
  readonly healthchecks: {
    readonly active: ActiveHealthcheck
    readonly passive: PassiveHealthcheck
    readonly threshold: number
  }
}

export interface Target extends EntityBase {
  readonly upstream: Reference
  /** `host:port`, the port always there. */
  readonly target: string
  readonly weight: number
}

export interface JwtSecret extends EntityBase {
  readonly consumer: Reference
  readonly key: string
  readonly secret: string
  readonly rsa_public_key: string | null
  readonly algorithm: string
}

export interface KeyAuthCredential extends EntityBase {
  readonly consumer: Reference
  readonly key: string
  readonly ttl?: number | null
}

export interface BasicAuthCredential extends EntityBase {
  readonly consumer: Reference
  readonly username: string
  /** Hex SHA-1 of the password followed by the consumer's id, as Kong stores it. */
  readonly password: string
}

export interface HmacAuthCredential extends EntityBase {
  readonly consumer: Reference
  readonly username: string
  readonly secret: string
}

export interface Acl extends EntityBase {
  readonly consumer: Reference
  readonly group: string
}

export interface Certificate extends EntityBase {
  readonly cert: string
  readonly key: string
  readonly cert_alt: string | null
  readonly key_alt: string | null
}

export interface CaCertificate extends EntityBase {
  readonly cert: string
  readonly cert_digest: string
}

export interface Sni extends EntityBase {
  readonly name: string
  readonly certificate: Reference
}

export interface Vault extends EntityBase {
  readonly prefix: string
  readonly name: string
  readonly description: string | null
  readonly config: unknown
}

export interface KeySet extends EntityBase {
  readonly name: string | null
}

export interface Key extends EntityBase {
  readonly name: string | null
  readonly kid: string
  readonly set: Reference | null
  /** A JSON Web Key as text. */
  readonly jwk: string | null
  readonly pem: { readonly private_key: string | null; readonly public_key: string | null } | null
}

/** Collection name, as in kong.yml and in the Admin API's entity names → the entity's type. */
export interface Collections {
  services: Service
  routes: Route
  consumers: Consumer
  plugins: PluginEntity
  upstreams: Upstream
  targets: Target
  certificates: Certificate
  ca_certificates: CaCertificate
  snis: Sni
  vaults: Vault
  key_sets: KeySet
  keys: Key
  jwt_secrets: JwtSecret
  keyauth_credentials: KeyAuthCredential
  basicauth_credentials: BasicAuthCredential
  hmacauth_credentials: HmacAuthCredential
  acls: Acl
}

export type CollectionName = keyof Collections
