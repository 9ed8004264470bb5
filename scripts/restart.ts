import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, findClosest, runCommand } from './command-line/command.ts'
import { hint } from './command-line/hint.ts'
import { UserError } from './command-line/user-error.ts'
import { type Home, openHome } from './home.ts'
import { isReplicaOf, type Restartable, requestRestart, restartable } from './shop/restarts.ts'
import { findHolder } from './supervisor/home-lock.ts'
import { type ProcessStatus, readLiveStatus } from './supervisor/live-status.ts'
import { createReport } from './supervisor/report.ts'
import { readRunFile } from './supervisor/run-file.ts'

const timeoutMs = 60_000

const command: Command = {
  help: `Restarts services of the running shop, one replica after the other, each once its requests are done.

  npm run restart -- order [payment …] [--home DIR]

There are ${restartable.join(', ')}. A service with replicas answers all the while (npm run scale -- order=2); one that
runs once is away for a second. npm start -- --watch restarts by itself what was edited.`,
  options: { home: { type: 'string' } },
  maxWords: Number.POSITIVE_INFINITY,
  async run({ values, words }) {
    const home = openHome(values.home)
    const services = words.map(toService)
    if (services.length === 0) throw new UserError(`Which service? ${hint(home, 'restart', 'order')}`)
    if (findHolder(home) === undefined)
      throw new UserError(`Nothing runs in ${home.root}. To start: ${hint(home, 'start')}`)
    await restart(home, services)
    return 0
  },
}

function toService(word: string): Restartable {
  const found = restartable.find((each) => each === word)
  if (found) return found
  const close = findClosest(word, [...restartable])
  const hinted = close === undefined ? `; there are ${restartable.join(', ')}` : `; did you mean ${close}?`
  throw new UserError(`There is no service ${word} that can be restarted${hinted}`)
}

/** @throws UserError when not all are ready again in time */
async function restart(home: Home, services: readonly Restartable[]): Promise<void> {
  const report = createReport()
  const processesOf = async () =>
    (await readLiveStatus(readRunFile(home.runFile))).filter(({ name }) =>
      services.some((service) => isReplicaOf(name, service)),
    )
  const before = await processesOf()
  for (const { name } of before) report.begin(name)
  requestRestart(home, services)
  const waiting = new Map(before.map(({ name, pid }) => [name, pid]))
  const deadline = Date.now() + timeoutMs
  while (waiting.size > 0 && Date.now() < deadline) {
    await sleep(100)
    for (const { name } of (await processesOf()).filter((each) => isAgainReady(each, waiting))) {
      waiting.delete(name)
      report.done(name, 'restarted')
    }
  }
  report.end()
  if (waiting.size === 0) return
  const [name = ''] = waiting.keys()
  throw new UserError(`${name} is not ready after ${timeoutMs / 1000} s. See ${hint(home, 'logs', name)}`)
}

const isAgainReady = ({ name, pid, health }: ProcessStatus, waiting: ReadonlyMap<string, number>) =>
  waiting.has(name) && waiting.get(name) !== pid && health === 'ready'

await runCommand(command)
