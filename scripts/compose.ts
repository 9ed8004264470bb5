import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from './atomic-file.ts'
import { type Command, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { busPassword, busUsers } from './datastores/redis-bus.ts'
import { makeHome, openHome, projectRoot } from './home.ts'
import { runHere } from './run-program.ts'
import { openSecrets } from './secrets.ts'
import { dropFormerKey } from './shop/former-key.ts'
import { openKeyRing } from './shop/key-ring.ts'
import { writeKongEnv } from './shop/kong-env.ts'
import { gatewayTargets } from './shop/services.ts'

const folder = join(projectRoot, '.portico', 'compose')
/** The ports of docker-compose.yml. */
const ports = { http: 8080, grpc: 9090 }
/** Those that hear or publish events. */
const busServices = ['product', 'order', 'payment']
/** No other origin than the shop's own may read answers, unless DECK_CORS_ORIGIN names one. */
const NO_OTHER_ORIGIN = 'https://portico.invalid'
/** Readable in a container that runs as another user; the folder itself is its owner's alone. */
const READABLE = 0o644

const command: Command = {
  help: `Makes what docker-compose.yml takes from outside, in .portico/compose: passwords (.env), signing keys (keys.json),
the users of the event bus (redis-bus-users.conf) and the rendered kong.yml. Passwords and keys that are there stay; the rest
is written anew.

  npm run compose -- init
  docker compose --env-file .portico/compose/.env up --build --wait`,
  options: {},
  maxWords: 1,
  async run({ words }) {
    if (words.join(' ') !== 'init') throw new UserError('Say what to do: npm run compose -- init')
    const home = openHome(folder)
    await makeHome(home)
    const secrets = openSecrets(home)
    writeAtomically(
      join(folder, '.env'),
      [
        `MONGODB_PASSWORD=${secrets.mongodb}`,
        `POSTGRES_PASSWORD=${secrets.postgres}`,
        `MYSQL_PASSWORD=${secrets.mysql}`,
        `REDIS_PAYMENT_PASSWORD=${secrets['redis-payment']}`,
        `REDIS_BUS_PASSWORD=${secrets['redis-bus']}`,
        ...busServices.map(
          (name) => `REDIS_BUS_${name.toUpperCase()}_PASSWORD=${busPassword(secrets['redis-bus'], name)}`,
        ),
        `PROVIDER_SECRET=${secrets.provider}`,
        `PROVIDER_WEBHOOK_SECRET=${secrets['provider-webhook']}`,
        `SERVICE_SECRET_ORDER_PRODUCT=${secrets['order-product']}`,
        '',
      ].join('\n'),
    )
    dropFormerKey(home)
    const targets = gatewayTargets((name, protocol) => `${name}:${ports[protocol]}`)
    writeKongEnv(home, targets, openKeyRing(home), NO_OTHER_ORIGIN)
    const users = join(folder, 'redis-bus-users.conf')
    writeAtomically(users, busUsers(secrets['redis-bus']))
    const rendered = join(folder, 'kong.yml')
    const render = ['render', join(projectRoot, 'kong.yml'), '--env-file', home.kongEnvFile, '-o', rendered]
    const code = await runHere(process.execPath, ['--', join(projectRoot, 'kong', 'src', 'main.ts'), ...render], {})
    if (code !== 0) throw new UserError('kong.yml could not be rendered (the reason stands above).')
    for (const file of [rendered, users, home.keysFile]) chmodSync(file, READABLE)
    console.log('Made: .portico/compose/.env, keys.json, redis-bus-users.conf and kong.yml. Now:\n')
    console.log('  docker compose --env-file .portico/compose/.env up --build --wait')
    return 0
  },
}

await runCommand(command)
