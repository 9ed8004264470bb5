import { benchOrders } from './bench/orders.ts'
import { type Command, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { openHome } from './home.ts'

const command: Command = {
  help: `Measures the running shop.

  npm run bench -- orders [options]   orders a second through the gateway, the time from placed to paid, CPU an order, and
                                      the ratio to what its MySQL does bare. It leaves its orders and customers behind.
    --seconds N     how long orders are placed (10)
    --customers N   how many do so at once, each from an address of its own (32)
    --home DIR      which running copy (.portico, or PORTICO_HOME)`,
  options: { home: { type: 'string' }, seconds: { type: 'string' }, customers: { type: 'string' } },
  async run({ values, words }) {
    if (words.join(' ') !== 'orders') throw new UserError('What to measure? npm run bench -- orders')
    const options = {
      seconds: count('seconds', values.seconds ?? '10'),
      customers: count('customers', values.customers ?? '32'),
    }
    await benchOrders(openHome(values.home), options)
    return 0
  },
}

function count(name: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UserError(`--${name} wants a number from 1 to 9999, not "${text}".`)
  return Number(text)
}

await runCommand(command)
