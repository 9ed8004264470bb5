import { benchBuses } from './bench/buses.ts'
import { benchGateway } from './bench/gateway.ts'
import { benchOrders } from './bench/orders.ts'
import { type Arguments, type Command, findClosest, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { openHome } from './home.ts'

const parts: Readonly<Record<string, (args: Arguments) => Promise<void>>> = {
  orders: ({ values }) =>
    benchOrders(openHome(values.home), {
      seconds: count('seconds', values.seconds ?? '10'),
      warmUpSeconds: count('warm-up', values['warm-up'] ?? '10'),
      customers: count('customers', values.customers ?? '128'),
    }),
  gateway: ({ values, flags }) =>
    benchGateway({
      rounds: count('rounds', values.rounds ?? '5'),
      seconds: count('seconds', values.seconds ?? '3'),
      connections: count('connections', values.connections ?? '64'),
      only: values.only,
      beside: values.beside,
      json: flags.json ?? false,
    }),
  buses: ({ values, flags }) =>
    benchBuses({
      events: count('events', values.events ?? '5000'),
      only: values.only,
      noInstall: flags['no-install'] ?? false,
    }),
}

const command: Command = {
  help: `Measures the running shop, the gateway beside others, or the brokers that can be the event bus.

  npm run bench -- orders [options]   orders a second through the gateway, the time from placed to paid, CPU an order, and
                                      the ratio to what its MySQL does bare. It leaves its orders and customers behind.
    --seconds N     how long orders are placed (10)
    --warm-up N     for how long before that, unmeasured: programs get faster while they run (10)
    --customers N   how many do so at once, each from an address of its own (128)
    --home DIR      which running copy (.portico, or PORTICO_HOME)

  npm run bench -- gateway [options]  our gateway, with jwt and rate-limiting and without plugins, beside nginx as a bare
                                      proxy, Fastify and Express: round by round on one core each, on loopback. Needs wrk, or
                                      takes autocannon. Some two minutes. The shop need not run.
    --rounds N      rounds of each (5)
    --seconds N     how long a round is (3)
    --connections N kept by the load (64)
    --only NAMES    some alone: nginx,portico,portico-bare,fastify,express. Ratios are to the first.
    --beside DIR    the gateway of another checkout of this project too (beside, beside-bare): what did a change bring?
    --json          the result for programs, on standard output

  npm run bench -- buses [options]    each broker that can be the event bus: its start, its memory, and events a second through
                                      its adapter. Each is started and stopped. A minute or two. The shop need not run.
    --events N      how many are published and heard (5000)
    --only NAMES    some alone: redis,nats,rabbitmq,kafka
    --no-install    install no server`,
  options: {
    home: { type: 'string' },
    seconds: { type: 'string' },
    'warm-up': { type: 'string' },
    customers: { type: 'string' },
    rounds: { type: 'string' },
    connections: { type: 'string' },
    only: { type: 'string' },
    events: { type: 'string' },
    'no-install': { type: 'boolean' },
    beside: { type: 'string' },
    json: { type: 'boolean' },
  },
  maxWords: 1,
  async run(args) {
    const name = args.words.join(' ')
    const part = parts[name]
    if (part === undefined) {
      const close = findClosest(name, Object.keys(parts))
      throw new UserError(`What to measure? npm run bench -- ${close ?? Object.keys(parts).join(', or -- ')}`)
    }
    await part(args)
    return 0
  },
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UserError(`--${name} wants a number from 1 to 9999, not "${text}".`)
  return Number(text)
}

await runCommand(command)
