import { checkHost, checkServerName } from '../../config/entities/common-fields.ts'
import { boolean, integer, record, type Shorthand, string, type Value } from '../../config/schema/field.ts'

/** How a plugin reaches its Redis. `timeout` in milliseconds. Kong 3.9, kong/tools/redis/schema.lua. */
export const redisSettings = record({
  host: string({ custom: checkHost }),
  port: integer({ default: 6379, between: [0, 65535] }),
  timeout: integer({ default: 2000, between: [0, 2147483646] }),
  username: string({ referenceable: true }),
  password: string({ referenceable: true, encrypted: true, len_min: 0 }),
  database: integer({ default: 0 }),
  ssl: boolean({ required: false, default: false }),
  ssl_verify: boolean({ required: false, default: false }),
  server_name: string({ required: false, custom: checkServerName }),
})

export type RedisSettings = Value<typeof redisSettings>

/** The flat `redis_*` fields of older files, which stand for those of the `redis` record. */
export function redisShorthands(plugin: string): readonly Shorthand[] {
  const fields = {
    host: string(),
    port: integer(),
    password: string({ len_min: 0 }),
    username: string(),
    ssl: boolean(),
    ssl_verify: boolean(),
    server_name: string(),
    timeout: integer(),
    database: integer(),
  }
  return Object.entries(fields).map(([name, field]) => ({
    name: `redis_${name}`,
    field,
    expand: (value: unknown) => ({ redis: { [name]: value } }),
    deprecation: {
      replaced_with: [['redis', name]],
      message: `${plugin}: config.redis_${name} is deprecated, please use config.redis.${name} instead`,
    },
  }))
}
