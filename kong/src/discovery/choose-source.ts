import { SettingError } from '../settings/setting-error.ts'
import { consulSource } from './consul-source.ts'
import { eurekaSource } from './eureka-source.ts'
import { fileSource } from './file-source.ts'
import type { TargetSource } from './target-source.ts'

/**
 * The registry that `--discovery` or PORTICO_DISCOVERY names: `file:PATH`, `consul:http://HOST:8500`,
 * `eureka:http://HOST:8761/eureka` (`consul://` and `eureka://` mean http). @throws SettingError
 */
export function chooseSource(given: string, environment: NodeJS.ProcessEnv = process.env): TargetSource {
  const [, kind = '', rest = ''] = /^(\w+):(.*)$/s.exec(given) ?? []
  if (kind === 'file' && rest !== '') return fileSource(rest)
  if (kind === 'consul') return consulSource({ url: addressOf(given, rest), token: environment.CONSUL_HTTP_TOKEN })
  if (kind === 'eureka') return eurekaSource({ url: withPath(addressOf(given, rest), '/eureka') })
  throw new SettingError(
    `--discovery is file:PATH, consul:http://HOST:8500 or eureka:http://HOST:8761/eureka, not '${given}'`,
  )
}

function addressOf(given: string, rest: string): URL {
  const text = rest.startsWith('//') ? `http:${rest}` : rest
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new SettingError(`--discovery: '${given}' names no address such as http://127.0.0.1:8500`)
}

function withPath(url: URL, otherwise: string): URL {
  const full = new URL(url)
  if (full.pathname === '/') full.pathname = otherwise
  return full
}
