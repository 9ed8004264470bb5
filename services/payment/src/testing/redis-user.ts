import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'

/** A user of Redis with the rights of users.conf on the keys below a prefix, who is removed together with them. */
export async function makeUser(prefix: string) {
  const url = new URL(process.env.REDIS_URL ?? '')
  const administrator = new Redis(url.href)
  const template = readFileSync(new URL('../store/users.conf', import.meta.url), 'utf8')
  const [, rights = ''] = /^user payment on #HASH_OF_PAYMENT ~portico:\* (.*)$/m.exec(template) ?? []
  url.username = prefix.replace(':', '')
  url.password = randomUUID()
  await administrator.acl('SETUSER', url.username, 'on', `>${url.password}`, `~${prefix}*`, ...rights.split(' '))
  return {
    url: url.href,
    administrator,
    async remove() {
      const keys = await administrator.keys(`${prefix}*`)
      if (keys.length > 0) await administrator.del(keys)
      await administrator.acl('DELUSER', url.username)
      administrator.disconnect()
    },
  }
}
