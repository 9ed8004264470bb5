import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, runCommand } from './command-line/command.ts'
import { hint } from './command-line/hint.ts'
import { UserError } from './command-line/user-error.ts'
import { type Home, openHome } from './home.ts'
import { parseScale, readScale, replicaNames, type Scale, scalable, writeScale } from './shop/scale.ts'
import { findHolder } from './supervisor/home-lock.ts'
import { readLiveStatus } from './supervisor/live-status.ts'
import { createReport } from './supervisor/report.ts'
import { readRunFile } from './supervisor/run-file.ts'

const patienceMs = 310_000

const command: Command = {
  help: `Runs a service of the running shop several times, or less often again. No request is lost: a new process gets
requests once it is ready, and one that is to go gets none before it ends.

  npm run scale -- order=3 [product=2 …] [--home DIR]
  npm run scale                          shows how many there are

Services: ${scalable.join(', ')}. The next npm start begins with one of each again, or as its --scale says.`,
  options: { home: { type: 'string' } },
  maxWords: Number.POSITIVE_INFINITY,
  async run({ values, words }) {
    const home = openHome(values.home)
    const asked = parseScale(words)
    if (findHolder(home) === undefined)
      throw new UserError(
        `Nothing runs in ${home.root}. To start: ${hint(home, 'start', `--scale ${words[0] ?? 'order=3'}`)}`,
      )
    const scale = { ...readScale(home), ...asked }
    if (words.length > 0) await bringTo(home, scale)
    console.log(scalable.map((service) => `${service}=${scale[service] ?? 1}`).join(' '))
    return 0
  },
}

/** @throws UserError when it isn't so in time */
async function bringTo(home: Home, scale: Scale): Promise<void> {
  const report = createReport()
  const step = 'scale'
  report.begin(step)
  writeScale(home, scale)
  const deadline = Date.now() + patienceMs
  while (!(await isSo(home, scale))) {
    if (Date.now() > deadline) {
      report.end()
      throw new UserError(
        `That takes longer than ${patienceMs / 1000} s. See ${hint(home, 'status')}, and ${hint(home, 'logs', 'NAME')}.`,
      )
    }
    await sleep(200)
  }
  report.done(step)
  report.end()
}

async function isSo(home: Home, scale: Scale): Promise<boolean> {
  const wanted = replicaNames(scale)
  const processes = await readLiveStatus(readRunFile(home.runFile))
  const replicas = processes.filter(({ name }) => /-\d+$/.test(name))
  return replicas.length === wanted.size && replicas.every(({ name, health }) => wanted.has(name) && health === 'ready')
}

await runCommand(command)
