import { boolean, integer, record, string } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import type { Exit, Plugin } from './plugin.ts'

const schema = record({
  allowed_payload_size: integer({ default: 128 }),
  size_unit: string({ required: true, default: 'megabytes', one_of: ['megabytes', 'kilobytes', 'bytes'] }),
  require_content_length: boolean({ required: true, default: false }),
})

const UNITS: Readonly<Record<string, number>> = { megabytes: 1048576, kilobytes: 1024, bytes: 1 }

/** Refuses requests with too long a body. Spec: Kong Hub, request-size-limiting. */
export const requestSizeLimiting = {
  name: 'request-size-limiting',
  priority: 951,
  version: '3.9.1',
  schema,
  async access(exchange, config) {
    const { headers } = exchange.request
    const allowed = (config.allowed_payload_size ?? 0) * (UNITS[config.size_unit] ?? 1)
    const declared = headers.get('content-length')
    if (declared !== undefined && /^\s*\d+\s*$/.test(declared)) {
      return Number(declared) > allowed ? tooLarge(exchange) : undefined
    }
    if (config.require_content_length && headers.get('transfer-encoding') !== 'chunked') {
      return { kind: 'error', status: 411, message: 'A valid Content-Length header is required' }
    }
    return (await exchange.request.bodyExceeds(allowed)) ? tooLarge(exchange) : undefined
  },
} satisfies Plugin<typeof schema>

function tooLarge({ request }: Exchange): Exit {
  const waits = request.headers.get('expect')?.toLowerCase() === '100-continue'
  return { kind: 'error', status: waits ? 417 : 413, message: 'Request size limit exceeded' }
}
