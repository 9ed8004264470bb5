import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Command, findClosest, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { openHome, projectRoot } from './home.ts'
import { findBusUrl } from './shop/buses.ts'

/** A dead letter as the service kit tells it. */
interface DeadLetter {
  readonly id: string
  readonly group: string
  readonly topic: string
  readonly text: string
  readonly event?: { readonly type?: unknown; readonly subject?: unknown } | null
  readonly reason: string
  readonly attempts: number
  readonly at: string
}

interface Page {
  readonly items: readonly DeadLetter[]
  readonly nextCursor: string | null
}

/** Asks the bus one question. */
type Ask = <Answer>(...question: readonly string[]) => Promise<Answer>

const PAGE = 100
const REASON_LENGTH = 60
const program = join(projectRoot, 'packages', 'service-kit', 'src', 'events', 'operate.ts')

const command: Command = {
  help: `Looks after the events that a service could not handle: the dead letters of the running shop's bus.

  npm run events -- dead [--group order]     list them, of one service or of all
  npm run events -- show ID                  one, with its event and the whole reason
  npm run events -- replay ID                give it to its service again, and to no other; then it is no longer dead
  npm run events -- replay --all [--group order]
  npm run events -- drop ID                  throw it away
    --json                                   dead and show: for programs
    --home DIR                               which copy is meant

An event older than 30 days is not replayed: its service may no longer know that it handled it once.`,
  options: {
    group: { type: 'string' },
    all: { type: 'boolean' },
    json: { type: 'boolean' },
    home: { type: 'string' },
  },
  maxWords: Number.POSITIVE_INFINITY,
  async run({ flags, values, words: [action = '', id, ...more] }) {
    if (more.length > 0) throw new UserError(`One ID at a time; what is ${more.join(' ')}?`)
    const chosen = choose(action, id, flags.all ?? false)
    const ask = askBus(findBusUrl(openHome(values.home)))
    const letters = () => listed(ask, values.group)
    if (chosen === 'dead') return showAll(await letters(), flags.json ?? false)
    if (id === undefined) return replayAll(ask, await letters())
    const letter = await ask<DeadLetter | null>('get', id)
    if (!letter) throw new UserError(`There is no dead letter ${id}. To see them: npm run events -- dead`)
    if (chosen === 'show') return showOne(letter, flags.json ?? false)
    return chosen === 'replay' ? replay(ask, id) : drop(ask, id)
  },
}

const actions = ['dead', 'show', 'replay', 'drop'] as const

/** @throws UserError when what is asked for makes no sense */
function choose(given: string, id: string | undefined, all: boolean): (typeof actions)[number] {
  const action = actions.find((each) => each === given)
  if (!action) {
    const close = findClosest(given, [...actions])
    throw new UserError(`What to do? ${close ? `Did you mean ${close}? ` : ''}See npm run events -- --help`)
  }
  if (all && (action !== 'replay' || id !== undefined)) throw new UserError('--all goes with replay and without an ID.')
  if (action === 'dead' && id !== undefined) throw new UserError('For one service: npm run events -- dead --group NAME')
  if (action !== 'dead' && id === undefined && !all) throw new UserError(`Which one? npm run events -- ${action} ID`)
  return action
}

/** The bus is the services' own matter: their kit is asked in a process of its own. @throws UserError when it can't be reached */
function askBus(url: string): Ask {
  return async (...question) => {
    try {
      const env = { ...process.env, EVENT_BUS_URL: url }
      const { stdout } = await promisify(execFile)(process.execPath, [program, ...question], { env, maxBuffer: 1e9 })
      return JSON.parse(stdout)
    } catch (error) {
      const { stderr } = error as { stderr?: string }
      if (stderr === undefined) throw error
      throw new UserError(`The event bus did not answer: ${stderr.trim()}`)
    }
  }
}

/** @throws UserError when there is no such group */
async function listed(ask: Ask, group: string | undefined): Promise<DeadLetter[]> {
  const groups = (await ask<{ group: string; dead: number }[]>('groups')).filter(
    (each) => group === undefined || each.group === group,
  )
  if (groups.length === 0) throw new UserError(`No service named ${group} hears events.`)
  const letters: DeadLetter[] = []
  for (const each of groups) {
    for (let cursor: string | null = ''; cursor !== null && each.dead > 0; ) {
      const page: Page = await ask('list', each.group, String(PAGE), ...(cursor ? [cursor] : []))
      letters.push(...page.items)
      cursor = page.nextCursor
    }
  }
  return letters
}

function showAll(letters: readonly DeadLetter[], json: boolean): number {
  if (json) console.log(JSON.stringify(letters, null, 2))
  else if (letters.length === 0) console.log('There are no dead letters.')
  for (const { id, at, attempts, text, reason } of json ? [] : letters) {
    const [line = ''] = reason.split('\n')
    const short = line.length > REASON_LENGTH ? `${line.slice(0, REASON_LENGTH - 1)}…` : line
    console.log(`${id.padEnd(26)} ${at}  ${typeOf(text).padEnd(18)} ${String(attempts).padStart(3)} tries  ${short}`)
  }
  return 0
}

function typeOf(text: string): string {
  try {
    return String((JSON.parse(text) as { type?: unknown }).type)
  } catch {
    return '(no event)'
  }
}

function showOne(letter: DeadLetter, json: boolean): number {
  if (json) {
    console.log(JSON.stringify(letter, null, 2))
    return 0
  }
  const { id, group, topic, at, attempts, reason, event, text } = letter
  console.log(`${id}: ${group} could not handle it, of topic ${topic}; given up ${at} after ${attempts} tries\n`)
  console.log(`${reason}\n`)
  console.log(event ? JSON.stringify(event, null, 2) : text)
  return 0
}

async function replay(ask: Ask, id: string): Promise<number> {
  const { done, tooOld } = await ask<{ done: boolean; tooOld?: boolean }>('replay', id)
  if (tooOld) throw new UserError(`${id} is older than 30 days and is not replayed; to throw it away: drop ${id}`)
  console.log(done ? `${id} is given to its service again.` : `${id} is gone: somebody else was quicker.`)
  return 0
}

async function drop(ask: Ask, id: string): Promise<number> {
  const { done } = await ask<{ done: boolean }>('drop', id)
  console.log(done ? `${id} is thrown away.` : `${id} is gone: somebody else was quicker.`)
  return 0
}

async function replayAll(ask: Ask, letters: readonly DeadLetter[]): Promise<number> {
  let [done, old] = [0, 0]
  for (const { id } of letters) {
    const answer = await ask<{ done: boolean; tooOld?: boolean }>('replay', id)
    if (answer.done) done += 1
    if (answer.tooOld) old += 1
  }
  console.log(`${done} of ${letters.length} given to their services again${old ? `; ${old} are too old` : ''}.`)
  return old > 0 ? 1 : 0
}

await runCommand(command)
