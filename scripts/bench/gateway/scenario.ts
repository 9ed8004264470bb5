import { createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The same work for every gateway: check an HS256 token, count a limit that nobody meets, pass on `GET /echo`. */
export interface Scenario {
  readonly folder: string
  readonly upstreamPort: number
  readonly tokensFile: string
  /** For our gateway, with jwt and rate-limiting, and without any plugin. */
  readonly kongFile: string
  readonly bareKongFile: string
  /** What peers and the load are told. */
  readonly environment: Readonly<Record<string, string>>
  /** Signs other claims than the usual ones, or with another secret; for what must be refused. */
  sign(claims?: object, secret?: string): string
}

const limit = 100_000_000
const tokenCount = 256
const issuers = Array.from({ length: 8 }, (_, i) => `bench-${i + 1}`)

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Writes the configurations and tokens of a run into a folder. */
export function writeScenario(folder: string, upstreamPort: number): Scenario {
  const secret = randomBytes(32).toString('hex')
  const now = Math.floor(Date.now() / 1000)
  const claimsOf = (i: number) => ({
    iss: issuers[i % issuers.length],
    sub: `user-${i}`,
    role: 'customer',
    iat: now,
    exp: now + 86_400,
  })
  const sign = (claims: object = {}, key = secret) => {
    const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claimsOf(0), ...claims })}`
    return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
  }
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  const tokens = Array.from({ length: tokenCount }, (_, i) => sign(claimsOf(i)))
  const tokensFile = file('tokens.txt', `${tokens.join('\n')}\n`)
  return {
    folder,
    upstreamPort,
    tokensFile,
    kongFile: file('kong.yml', kongYml(upstreamPort, secret)),
    bareKongFile: file('kong-bare.yml', kongYml(upstreamPort, undefined)),
    environment: {
      NODE_ENV: 'production',
      BENCH_UPSTREAM: `http://127.0.0.1:${upstreamPort}`,
      BENCH_SECRET: secret,
      BENCH_LIMIT: String(limit),
      BENCH_TOKENS: tokensFile,
    },
    sign,
  }
}

/** A kong.yml, written as JSON, which is YAML too. */
function kongYml(upstreamPort: number, secret: string | undefined): string {
  const routes = [{ name: 'echo', paths: ['/echo'], strip_path: false }]
  const services = [{ name: 'echo', url: `http://127.0.0.1:${upstreamPort}`, routes }]
  const checked = secret !== undefined && {
    plugins: [
      { name: 'jwt', config: { claims_to_verify: ['exp'] } },
      { name: 'rate-limiting', config: { minute: limit, policy: 'local', limit_by: 'consumer' } },
    ],
    consumers: issuers.map((key) => ({ username: key, jwt_secrets: [{ key, secret, algorithm: 'HS256' }] })),
  }
  return JSON.stringify({ _format_version: '3.0', services, ...checked })
}

/** nginx that only passes requests on, with one worker and connections that are kept. @returns the file */
export function writeNginxConfig({ folder, upstreamPort }: Scenario, port: number): string {
  const own = join(folder, 'nginx')
  mkdirSync(own)
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  const file = join(own, 'nginx.conf')
  writeFileSync(
    file,
    `worker_processes 1;
daemon off;
pid ${own}/nginx.pid;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 100000000;
  ${kinds.map((kind) => `${kind}_temp_path ${own}/${kind};`).join(' ')}
  upstream echo { server 127.0.0.1:${upstreamPort}; keepalive 128; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / {
      proxy_pass http://echo;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Real-IP $remote_addr;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`,
  )
  return file
}
