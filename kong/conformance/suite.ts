/** Runs groups of cases, each against a gateway with the settings that the group asks for, several at once. */
import { runCase, type Stage } from './case-run.ts'
import { type RunningGateway, startGateway } from './gateway-process.ts'
import { startRedis } from './redis-process.ts'
import type { Score, Scores } from './scores.ts'
import { startUpstreams } from './upstreams.ts'
import type { Case, Group } from './vector.ts'

export interface SuiteOptions {
  /** Gateways side by side for the groups that need no setting. */
  readonly lanes?: number
  /** A gateway that is already running, instead of one's own; groups that need settings are then skipped. */
  readonly running?: { readonly proxyPort: number; readonly adminPort: number; readonly settle: number }
}

const REDIS_GROUP = 'rate-limiting-redis'

export async function runSuite(groups: readonly Group[], { lanes = 4, running }: SuiteOptions = {}): Promise<Scores> {
  const scores: Scores = new Map(groups.map(({ group }) => [group, { passed: [], failed: new Map() }]))
  const skip = (group: string, skipped: string) => scores.set(group, { passed: [], failed: new Map(), skipped })
  const stopRedis = groups.some(({ group }) => group === REDIS_GROUP) ? await startRedis() : undefined
  if (!stopRedis && scores.has(REDIS_GROUP)) skip(REDIS_GROUP, 'there is no redis-server on PATH')
  if (running)
    for (const { group, env } of groups)
      if (Object.keys(env).length > 0) skip(group, `it needs a gateway with ${JSON.stringify(env)}`)
  const wanted = groups.filter(({ group }) => !scores.get(group)?.skipped)
  try {
    const plain = wanted.filter(({ env }) => Object.keys(env).length === 0)
    const queue = plain.flatMap((group) => group.cases.map((vector) => ({ vector, group: group.group })))
    queue.sort((a, b) => waitingTime(b.vector) - waitingTime(a.vector))
    await Promise.all([
      ...Array.from({ length: running ? 1 : lanes }, () => runLane(queue, {}, scores, running)),
      runOneByOne(
        wanted.filter(({ env }) => Object.keys(env).length > 0),
        scores,
      ),
    ])
    await runLane(takeBackTimed(plain, scores), {}, scores, running)
  } finally {
    await stopRedis?.()
  }
  return scores
}

/** What must happen within a second or so may fail on a busy machine: such cases get a second go with nothing beside. */
function takeBackTimed(groups: readonly Group[], scores: Scores): Job[] {
  return groups.flatMap(({ group, cases }) =>
    cases
      .filter((vector) => waitingTime(vector) > 0 && scores.get(group)?.failed.delete(vector.name))
      .map((vector) => ({ vector, group })),
  )
}

interface Job {
  readonly vector: Case
  readonly group: string
}

async function runOneByOne(groups: readonly Group[], scores: Scores): Promise<void> {
  for (const { group, env, cases } of groups) {
    await runLane(
      cases.map((vector) => ({ vector, group })),
      env,
      scores,
    )
  }
}

/** One gateway and its upstreams take cases from a queue until it is empty. */
async function runLane(
  queue: Job[],
  env: Record<string, string>,
  scores: Scores,
  running?: SuiteOptions['running'],
): Promise<void> {
  if (queue.length === 0) return
  const own: RunningGateway | undefined = running ? undefined : await startGateway(env)
  const upstreams = await startUpstreams()
  try {
    const { proxyPort, adminPort } = running ?? (own as RunningGateway)
    const stage: Stage = { proxyPort, adminPort, upstreams, settle: running?.settle ?? 0 }
    for (let job = queue.shift(); job; job = queue.shift()) {
      note(scores.get(job.group), job.vector, await runAlone(job.vector, stage))
    }
  } finally {
    await upstreams.stop()
    await own?.stop()
  }
}

function note(score: Score | undefined, vector: Case, difference: string | undefined): void {
  if (difference === undefined) score?.passed.push(vector.name)
  else score?.failed.set(vector.name, difference)
}

let fixedPorts: Promise<unknown> = Promise.resolve()

/** Cases on fixed ports wait for one another. */
async function runAlone(vector: Case, stage: Stage): Promise<string | undefined> {
  if (!vector.fixed) return runCase(vector, stage)
  const run = fixedPorts.then(() => runCase(vector, stage))
  fixedPorts = run
  return run
}

/** Milliseconds that a case spends waiting: the longest go first, so that the lanes end together. */
function waitingTime(vector: Case): number {
  let total = vector.fixed ? 60_000 : 0
  for (const step of vector.steps ?? []) {
    total +=
      (step.wait ?? 0) + ((step.settle ?? 0) + (step.stagger ?? 0)) * (step.repeat ?? 1) + (step.roomIn ? 500 : 0)
  }
  return total
}
