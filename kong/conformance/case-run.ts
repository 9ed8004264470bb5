/** Runs one case: loads its configuration through POST /config, does its steps, and says how the answers differ. */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { findDifference } from './comparison.ts'
import { compareTexts, isObject, parseJson, sortKeys } from './json.ts'
import { normaliseOutcome, type Ports } from './normalisation.ts'
import { fill } from './placeholders.ts'
import { send } from './raw-client.ts'
import type { Upstreams } from './upstreams.ts'
import type { Case, HeaderPair, RawAnswer, RawOutcome, SeenRequest, Step, Tally } from './vector.ts'
import { viewBody } from './view.ts'

export interface Stage {
  readonly proxyPort: number
  readonly adminPort: number
  readonly upstreams: Upstreams
  /** Milliseconds until a configuration is in force after POST /config: 0 here, about 200 for Kong. */
  readonly settle: number
}

/** How the gateway's answers to a case differ from Kong's; undefined when they don't. */
export async function runCase(vector: Case, stage: Stage): Promise<string | undefined> {
  const ports: Ports = { proxy: stage.proxyPort, admin: stage.adminPort, upstreams: stage.upstreams.ports }
  const unfix = vector.fixed && (await stage.upstreams.listenAlso(vector.fixed))
  stage.upstreams.probeStatus.clear()
  try {
    const run = new CaseRun(vector, stage)
    const refusal = await run.loadConfiguration()
    if (refusal !== undefined) return refusal
    for (const step of vector.steps ?? []) await run.take(step)
    const known = JSON.stringify(vector)
    return findDifference(
      vector,
      run.outcomes().map((outcome) => normaliseOutcome(outcome, ports, known)),
    )
  } catch (error) {
    return String(error)
  } finally {
    await unfix?.()
  }
}

class CaseRun {
  readonly #vector: Case
  readonly #stage: Stage
  readonly #outcomes: RawOutcome[] = []
  /** New in every run, for names whose state outlives a reload: counters, caches. */
  readonly #word = `r${randomBytes(5).toString('hex')}`
  readonly #ports: Record<string, number>

  constructor(vector: Case, stage: Stage) {
    this.#vector = vector
    this.#stage = stage
    this.#ports = { ...stage.upstreams.ports, proxy: stage.proxyPort, admin: stage.adminPort }
  }

  /** @returns why the case can't go on, if it can't. */
  async loadConfiguration(): Promise<string | undefined> {
    const { config, configText, configQuery, expectConfigError, steps } = this.#vector
    if (config === undefined && configText === undefined) return undefined
    const words = { run: this.#word }
    const { ports } = this.#stage.upstreams
    const payload =
      configText !== undefined ? fill(configText, ports, words) : JSON.stringify(fill(config, ports, words))
    const response = await send(this.#stage.adminPort, {
      method: 'POST',
      target: configQuery ?? '/config',
      headers: [['Content-Type', configText !== undefined ? 'text/yaml' : 'application/json']],
      body: Buffer.from(payload, 'utf8').toString('latin1'),
    })
    if (expectConfigError) this.#outcomes.push({ config: true, response, upstream: [] })
    else if (response.status !== 201) return `POST /config answered ${response.status}: ${response.body.slice(0, 600)}`
    if (steps?.length) await sleep(this.#stage.settle)
    return undefined
  }

  async take(step: Step): Promise<void> {
    if (step.wait) await sleep(step.wait)
    if (step.roomIn) await waitForRoom(...step.roomIn)
    if (step.count) this.#outcomes.push({ tally: await this.#count(step) })
    else if (step.probes) this.#outcomes.push(this.#lastProbe(step.probes))
    else for (let i = 0; i < (step.repeat ?? 1); i++) this.#outcomes.push(await this.#ask(step))
  }

  /** What happened, the words of this run and the volatile texts of the case masked. */
  outcomes(): RawOutcome[] {
    const masks = (this.#vector.mask ?? []).map(([pattern, text]) => [new RegExp(pattern, 'g'), text] as const)
    const mask = (text: string) =>
      masks.reduce((masked, [pattern, to]) => masked.replace(pattern, to), text.replaceAll(this.#word, '{{run}}'))
    return this.#outcomes.map((outcome) => {
      if ('tally' in outcome) return outcome
      return mapTexts(this.#vector.unordered ? orderBodies(outcome) : outcome, mask)
    })
  }

  async #ask(step: Step): Promise<RawOutcome> {
    const { upstreams } = this.#stage
    upstreams.seen.length = 0
    const request = fill(step.request, this.#ports, { run: this.#word })
    if (step.follow) request.target = this.#nextPage() ?? request.target ?? '/'
    const response = await send(this.#portFor(step), request)
    if (step.settle) await sleep(step.settle)
    const body = viewBody(response.body, step, upstreams.ports)
    return { response: { ...response, body }, upstream: upstreams.seen.splice(0) }
  }

  /** How many requests went to which upstream, and how many answers had which status. */
  async #count(step: Step): Promise<Tally> {
    const { seen } = this.#stage.upstreams
    seen.length = 0
    const statuses: Record<string, number> = {}
    const running: Promise<void>[] = []
    for (let i = 0; i < (step.repeat ?? 1); i++) {
      const request = fill(step.request, this.#ports, { run: this.#word, i: String(i) })
      const one = send(this.#portFor(step), request).then(({ status }) => {
        statuses[status] = (statuses[status] ?? 0) + 1
      })
      if (step.stagger === undefined) await one
      else {
        running.push(one)
        await sleep(step.stagger)
      }
    }
    await Promise.all(running)
    if (step.settle) await sleep(step.settle)
    const counts: Record<string, number> = {}
    for (const { name } of seen.splice(0)) counts[name] = (counts[name] ?? 0) + 1
    if (step.count === 'status') return { statuses }
    return { upstreams: step.count === 'spread' ? Object.values(counts).sort((a, b) => b - a) : counts, statuses }
  }

  #lastProbe(name: string): RawOutcome {
    const own = this.#stage.upstreams.probes.filter(
      (probe) =>
        probe.name === name && probe.headers.some(([header, value]) => header === 'x-probe' && value === this.#word),
    )
    return { response: { status: 0, headers: {}, body: '' }, upstream: own.slice(-1) }
  }

  #portFor(step: Step): number {
    return step.admin ? this.#stage.adminPort : this.#stage.proxyPort
  }

  /** `next` of the page before; `/` where it was the last. */
  #nextPage(): string | undefined {
    const before = this.#outcomes.at(-1)
    const page = before && 'response' in before ? parseJson(before.response.body) : undefined
    if (page === undefined || page === null) return undefined
    return isObject(page) && typeof page.next === 'string' ? page.next : '/'
  }
}

const SECONDS_IN = { second: 1, minute: 60, hour: 3600, day: 86_400 }

/** Waits until the current window has this many seconds left. */
async function waitForRoom(window: keyof typeof SECONDS_IN, needed: number): Promise<void> {
  const size = SECONDS_IN[window]
  const left = size - ((Date.now() / 1000) % size)
  if (left < needed) await sleep(left * 1000 + 50)
}

type Exchanged = Exclude<RawOutcome, { tally: Tally }>

function mapTexts(outcome: Exchanged, map: (text: string) => string): Exchanged {
  const { response, upstream } = outcome
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, values]) => [name, values.map(map)]))
  return {
    ...outcome,
    response: { ...response, body: map(response.body), headers },
    upstream: upstream.map((seen) => ({
      ...seen,
      target: map(seen.target),
      body: map(seen.body),
      headers: seen.headers.map(([name, value]): HeaderPair => [name, map(value)]),
    })),
  }
}

const orderBodies = ({ response, upstream, ...rest }: Exchanged): Exchanged => ({
  ...rest,
  response: orderAnswer(response),
  upstream: upstream.map((seen: SeenRequest<HeaderPair[]>) => {
    const type = seen.headers.find(([name]) => name === 'content-type')?.[1]
    return { ...seen, body: orderBody(seen.body, type) }
  }),
})

const orderAnswer = (answer: RawAnswer): RawAnswer => ({
  ...answer,
  body: orderBody(answer.body, answer.headers['content-type']?.[0]),
})

/** Kong's tables have no order of their own: members of JSON, pairs of a form, lines of metrics are sorted. */
function orderBody(body: string, type = ''): string {
  const value = type.includes('json') ? parseJson(body) : undefined
  if (value !== undefined) return JSON.stringify(sortKeys(value))
  if (type.includes('x-www-form-urlencoded')) return body.split('&').sort(compareTexts).join('&')
  return body.startsWith('# HELP') ? body.split('\n').sort(compareTexts).join('\n') : body
}
