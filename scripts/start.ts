import { type Command, runCommand } from './command-line/command.ts'
import { hint } from './command-line/hint.ts'
import { onStopRequest } from './command-line/stop-request.ts'
import { type Home, makeHome, openHome } from './home.ts'
import { chooseBus } from './shop/buses.ts'
import { chooseConfig, choosePorts, type GatewayPorts } from './shop/gateway.ts'
import { parseScale } from './shop/scale.ts'
import { startShop } from './shop/shop.ts'
import { lockHome } from './supervisor/home-lock.ts'
import { stopLeftovers } from './supervisor/leftovers.ts'
import { createReport } from './supervisor/report.ts'
import { readRunFile, removeRunFile } from './supervisor/run-file.ts'
import { Supervisor } from './supervisor/supervisor.ts'

const command: Command = {
  help: `Starts the whole shop and keeps it running until Ctrl-C.

  npm start -- [options]
    --proxy-port PORT   where the gateway listens (8000; 0 for any free port)
    --admin-port PORT   where its Admin API listens (8001; 0 for any free port)
    --tls-port PORT     where it takes HTTPS, HTTP/2 and gRPC (443 above the proxy's, or any free port)
    --config FILE       the gateway's configuration (kong.yml)
    --home DIR          where data, keys and logs stand (.portico, or PORTICO_HOME)
    --bus NAME          the event bus: redis (the default), nats, rabbitmq or kafka
    --scale NAME=N      several processes of a service: order=3, or order=3,product=2 (npm run scale changes it)
    --watch             restart a service, or the gateway, when its sources change
    --no-install        install no database server

Servers that already run are used when MONGODB_URL, POSTGRES_URL, MYSQL_URL, REDIS_URL or EVENT_BUS_URL
say where.`,
  options: {
    'proxy-port': { type: 'string' },
    'admin-port': { type: 'string' },
    'tls-port': { type: 'string' },
    config: { type: 'string' },
    home: { type: 'string' },
    bus: { type: 'string' },
    scale: { type: 'string' },
    watch: { type: 'boolean' },
    'no-install': { type: 'boolean' },
  },
  async run({ flags, values }) {
    const startedAt = performance.now()
    const stopRequest = new Promise<string>((done) => onStopRequest(done))
    const bus = chooseBus(values.bus)
    const scale = parseScale([values.scale ?? ''])
    const config = chooseConfig(values.config)
    const home = openHome(values.home)
    await makeHome(home)
    const unlock = lockHome(home)
    const report = createReport()
    const supervisor = new Supervisor(home, report)
    try {
      console.log(`Portico starts in ${home.root}`)
      const left = await stopLeftovers(readRunFile(home.runFile))
      if (left.length > 0) report.note(`stopped what an earlier run left behind: ${left.join(', ')}`)
      removeRunFile(home.runFile)
      const ports = await choosePorts(values)
      const options = {
        ports,
        config,
        noInstall: flags['no-install'] ?? false,
        bus,
        watch: flags.watch ?? false,
        scale,
      }
      const ready = startShop(home, supervisor, report, options).then(() =>
        greet(home, ports, performance.now() - startedAt),
      )
      const reason = await Promise.race([stopRequest, ready.then(() => stopRequest)])
      report.note(`stopping (${reason})`)
    } finally {
      report.end()
      await supervisor.stop()
      unlock()
    }
    console.log(`All is stopped; the data stays (${hint(home, 'reset')} deletes it).`)
    return 0
  },
}

function greet(home: Home, { proxy, admin, tls }: GatewayPorts, tookMs: number): void {
  const base = `http://127.0.0.1:${proxy}`
  console.log(`
Ready in ${(tookMs / 1000).toFixed(1)} s.

  Shop       ${base}
  Admin      ${base}/admin (${hint(home, 'admin', 'create EMAIL')})
  With TLS   https://127.0.0.1:${tls} (HTTP/2 and gRPC too; a certificate of its own)
  Admin API  http://127.0.0.1:${admin} (to write: curl -H '@${home.adminTokenFile}')
  Status     ${hint(home, 'status')}
  Logs       ${hint(home, 'logs', 'order')}
  Stop       Ctrl-C, or ${hint(home, 'stop')}

Open the shop in a browser, or ask its API:

  curl '${base}/v1/products?limit=3'

Edit kong.yml and save: it takes effect at once.
`)
}

await runCommand(command)
