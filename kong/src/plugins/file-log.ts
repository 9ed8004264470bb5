import { boolean, record, string } from '../config/schema/field.ts'
import { LogFile } from '../log-file.ts'
import { logEntry } from './log/entry.ts'
import { customFieldsByLua, withCustomFields } from './lua/custom-fields.ts'
import type { Plugin } from './plugin.ts'

const schema = record({
  path: string({ required: true, match: /^[^*&%\\`]+$/, err: 'not a valid filename' }),
  reopen: boolean({ required: true, default: false }),
  custom_fields_by_lua: customFieldsByLua,
})

/** Appends an entry for each request to a file. Spec: Kong Hub, file-log. */
export const fileLog = {
  name: 'file-log',
  priority: 9,
  version: '3.9.1',
  schema,
  writtenFiles: ['path'],
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  log(exchange, config) {
    const { worker } = exchange
    const file = worker.state(`file-log ${config.path}`, () => new LogFile(config.path, worker.log))
    const entry = withCustomFields(logEntry(exchange), config.custom_fields_by_lua, exchange)
    file.add(`${JSON.stringify(entry)}\n`, config.reopen)
  },
} satisfies Plugin<typeof schema>
