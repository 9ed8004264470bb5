import { array, number, record, string, type Value } from '../config/schema/field.ts'
import { errorExit } from './error-exit.ts'
import { addressRanges, isAddressOrRange } from './ip-restriction/ranges.ts'
import { perConfig } from './per-config.ts'
import type { Plugin } from './plugin.ts'

const range = string({
  custom: (text: string) => (isAddressOrRange(text) ? undefined : `invalid ip or cidr range: '${text}'`),
})

const schema = record({
  allow: array(range),
  deny: array(range),
  status: number({ required: false }),
  message: string({ required: false }),
})

type Config = Value<typeof schema>

const ranges = perConfig((config: Config) => ({
  allow: addressRanges(config.allow ?? []),
  deny: addressRanges(config.deny ?? []),
}))

/** Lets clients through by their address. Spec: Kong Hub, ip-restriction. */
export const ipRestriction = {
  name: 'ip-restriction',
  priority: 990,
  version: '3.9.1',
  schema,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  usualProtocols: ['http', 'https', 'tcp', 'tls', 'grpc', 'grpcs'],
  entity_checks: [{ at_least_one_of: ['config.allow', 'config.deny'] }],
  access({ request }, config) {
    const { allow, deny } = ranges(config)
    const { clientAddress } = request
    const denied = deny.contains(clientAddress)
    const unlisted = (config.allow ?? []).length > 0 && !allow.contains(clientAddress)
    if (!denied && !unlisted) return undefined
    const message = config.message ?? `IP address not allowed: ${clientAddress}`
    return errorExit(config.status ?? 403, message)
  },
} satisfies Plugin<typeof schema>
