import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { writeAtomically } from './atomic-file.ts'
import { type Command, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { mongodbScript } from './datastores/mongodb-accounts.ts'
import { postgresScript } from './datastores/postgres-accounts.ts'
import { redisBus, redisPayment } from './datastores/redis-users.ts'
import { servicePassword } from './datastores/service-account.ts'
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
the services' users of each datastore (*-users.*) and the rendered kong.yml. Passwords and keys that are there stay; the rest
is written again.

  npm run compose -- init
  docker compose --env-file .portico/compose/.env up --build --wait`,
  options: {},
  maxWords: 1,
  async run({ words }) {
    if (words.join(' ') !== 'init') throw new UserError('Say what to do: npm run compose -- init')
    const home = openHome(folder)
    await makeHome(home, 'Run this in a checkout that you may write to.')
    const secrets = openSecrets(home)
    const passwords = {
      user: servicePassword(secrets.mongodb, 'user'),
      product: servicePassword(secrets.postgres, 'product'),
      payment: servicePassword(secrets['redis-payment'], 'payment'),
    }
    writeAtomically(
      join(folder, '.env'),
      [
        `MONGODB_PASSWORD=${secrets.mongodb}`,
        `USER_MONGODB_PASSWORD=${passwords.user}`,
        `POSTGRES_PASSWORD=${secrets.postgres}`,
        `PRODUCT_POSTGRES_PASSWORD=${passwords.product}`,
        `MYSQL_PASSWORD=${secrets.mysql}`,
        `REDIS_PAYMENT_PASSWORD=${secrets['redis-payment']}`,
        `PAYMENT_REDIS_PASSWORD=${passwords.payment}`,
        `REDIS_BUS_PASSWORD=${secrets['redis-bus']}`,
        ...busServices.map(
          (name) => `REDIS_BUS_${name.toUpperCase()}_PASSWORD=${servicePassword(secrets['redis-bus'], name)}`,
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
    const users = {
      'mongodb-users.js': mongodbScript('user', passwords.user),
      'postgres-users.sql': postgresScript('product', passwords.product),
      'redis-payment-users.conf': redisPayment.users(secrets['redis-payment']),
      'redis-bus-users.conf': redisBus.users(secrets['redis-bus']),
    }
    for (const [file, text] of Object.entries(users)) writeAtomically(join(folder, file), text)
    const rendered = join(folder, 'kong.yml')
    const render = ['render', join(projectRoot, 'kong.yml'), '--env-file', home.kongEnvFile, '-o', rendered]
    const code = await runHere(process.execPath, ['--', join(projectRoot, 'kong', 'src', 'main.ts'), ...render], {})
    if (code !== 0) throw new UserError('kong.yml could not be rendered (the reason stands above).')
    const inContainers = [rendered, home.keysFile, ...Object.keys(users).map((file) => join(folder, file))]
    for (const file of inContainers) chmodSync(file, READABLE)
    console.log(`Made in .portico/compose: .env, keys.json, ${Object.keys(users).join(', ')} and kong.yml. Now:\n`)
    console.log('  docker compose --env-file .portico/compose/.env up --build --wait')
    return 0
  },
}

await runCommand(command)
