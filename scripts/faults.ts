import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runFaults } from '../faults/run.ts'
import { describeOutcome, summarize } from '../faults/summary.ts'
import { type Command, runCommand } from './command-line/command.ts'
import { stopSignal } from './command-line/stop-request.ts'
import { UserError } from './command-line/user-error.ts'
import { chooseBus } from './shop/buses.ts'
import { parseScale } from './shop/scale.ts'
import { createReport } from './supervisor/report.ts'

const command: Command = {
  help: `Starts a shop of its own, lets customers shop while its processes are killed, and proves that no order and no
payment was lost or doubled. Exits 1 when one was.

  npm run faults -- [options]
    --minutes N      how long faults are done (1.5 minutes); --seconds N likewise
    --kills N        how many processes are killed from outside (one each four seconds)
    --customers N    how many shop at once (24)
    --bus NAME       the event bus, which is killed too: redis (the default), nats, rabbitmq or kafka
    --scale NAME=N   several processes of a service, which are killed apart (order=2,payment=2)
    --seed N         the schedule of faults and what customers want to do (a new one each time)
    --settle N       seconds that everything may take to come right once all is up again (60)
    --json           prints what was done and found as JSON
    --keep           keeps data and logs even if nothing was found
    --no-install     install no database server

Datastores that the environment names are left alone: the shop brings its own, under .portico/.`,
  options: {
    minutes: { type: 'string' },
    seconds: { type: 'string' },
    kills: { type: 'string' },
    customers: { type: 'string' },
    bus: { type: 'string' },
    scale: { type: 'string' },
    seed: { type: 'string' },
    settle: { type: 'string' },
    json: { type: 'boolean' },
    keep: { type: 'boolean' },
    'no-install': { type: 'boolean' },
  },
  async run({ flags, values }) {
    const seconds = values.minutes === undefined ? number(values, 'seconds', 90) : number(values, 'minutes', 1) * 60
    for (const name of ['MONGODB_URL', 'POSTGRES_URL', 'MYSQL_URL', 'REDIS_URL', 'EVENT_BUS_URL'])
      delete process.env[name]
    const options = {
      durationMs: seconds * 1000,
      kills: number(values, 'kills', Math.ceil(seconds / 4)),
      customers: number(values, 'customers', 24),
      bus: chooseBus(values.bus),
      scale: parseScale([values.scale ?? 'order=2,payment=2']),
      seed: number(values, 'seed', Date.now() % 1_000_000),
      settleMs: number(values, 'settle', 60) * 1000,
      keep: flags.keep ?? false,
      noInstall: flags['no-install'] ?? false,
      preload: process.env.PORTICO_FAULTS_PRELOAD?.split(',') ?? [],
    }
    const report = createReport(process.stderr)
    const outcome = await runFaults(options, report, stopSignal()).finally(() => report.end())
    const broken = outcome.violations.length > 0
    if (broken) writeFileSync(join(outcome.home, 'histories.json'), `${JSON.stringify(outcome.histories, null, 1)}\n`)
    if (flags.json) console.log(JSON.stringify(summarize(outcome), null, 2))
    else console.log(describeOutcome(outcome))
    return broken ? 1 : 0
  },
}

function number(values: Readonly<Record<string, string>>, name: string, otherwise: number): number {
  const given = values[name]
  if (given === undefined) return otherwise
  if (/^\d+(\.\d+)?$/.test(given) && Number(given) <= 1_000_000) return Number(given)
  throw new UserError(`--${name} wants a number, not "${given}".`)
}

await runCommand(command)
