import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, findClosest, runCommand } from './command-line/command.ts'
import { onStopRequest } from './command-line/stop-request.ts'
import { UserError } from './command-line/user-error.ts'
import { type Home, openHome } from './home.ts'
import { readLastLines } from './supervisor/log-file.ts'
import { findTrail, type Sought } from './trail/find-trail.ts'
import { showEntry } from './trail/show-trail.ts'

const pollMs = 200

const command: Command = {
  help: `Shows what the processes of the shop have written.

  npm run logs                        the last lines of each
  npm run logs -- order [-n LINES]    the last lines of one (50)
  npm run logs -- order -f            and what it writes from now on
  npm run logs -- --order ID          the way of an order through all of them, in order of time
  npm run logs -- --request ID        the same of a request, and of what happened later because of it
    --json                            as JSON
    --home DIR                        of the copy in this home`,
  options: {
    follow: { type: 'boolean', short: 'f' },
    lines: { type: 'string', short: 'n' },
    order: { type: 'string' },
    request: { type: 'string' },
    json: { type: 'boolean' },
    home: { type: 'string' },
  },
  maxWords: Number.POSITIVE_INFINITY,
  async run({ flags, values, words }) {
    const home = openHome(values.home)
    const names = chooseLogs(home, words)
    const sought = readSought(values)
    if (sought && flags.follow) throw new UserError('--follow shows what is written from now on: not with an id.')
    if (sought)
      return await showTrail(new Map(names.map((name) => [name, home.log(name)])), sought, flags.json === true)
    if (flags.json) throw new UserError('--json goes with --order ID or --request ID.')
    const count = Number(values.lines ?? (names.length === 1 ? 50 : 5))
    if (!Number.isSafeInteger(count) || count < 0) throw new UserError(`--lines wants a number, not "${values.lines}".`)
    const label = (name: string) => (names.length > 1 ? `${name.padEnd(13)} | ` : '')
    for (const name of names) {
      for (const line of count > 0 ? readLastLines(home.log(name), count) : []) console.log(`${label(name)}${line}`)
    }
    if (flags.follow) await follow(names.map((name) => ({ path: home.log(name), label: label(name) })))
    return 0
  },
}

/** @throws UserError for what can't be an id */
function readSought({ order, request }: Readonly<Record<string, string>>): Sought | undefined {
  if (order !== undefined && request !== undefined) throw new UserError('Either --order or --request, not both.')
  if (order !== undefined) {
    if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(order))
      throw new UserError(`The id of an order is a UUID, not "${order}".`)
    return { orderId: order.toLowerCase() }
  }
  if (request === undefined) return undefined
  if (!/^[\w.:#-]{1,128}$/.test(request))
    throw new UserError(`The id of a request has at most 128 letters, digits and . : # _ -, and is not "${request}".`)
  return { requestId: request }
}

/** @throws UserError when no line names it */
async function showTrail(logs: ReadonlyMap<string, string>, sought: Sought, asJson: boolean): Promise<number> {
  const { entries, omitted } = await findTrail(logs, sought)
  const [what, id] = 'orderId' in sought ? ['order', sought.orderId] : ['request', sought.requestId]
  if (entries.length === 0)
    throw new UserError(`No log names ${what} ${id}. Of each process the last 10 to 20 MB are kept.`)
  if (asJson) console.log(`[${entries.map((entry) => JSON.stringify(entry)).join(',\n ')}]`)
  else {
    const colored = process.stdout.isTTY === true && !process.env.NO_COLOR
    for (const entry of entries) console.log(showEntry(entry, id, colored))
  }
  if (omitted > 0) console.error(`${omitted} more lines are left out: name a process, such as npm run logs -- order …`)
  return 0
}

function chooseLogs(home: Home, words: readonly string[]): string[] {
  const files = existsSync(home.logs) ? readdirSync(home.logs) : []
  const known = files.filter((file) => file.endsWith('.log')).map((file) => file.slice(0, -'.log'.length))
  if (known.length === 0) throw new UserError(`There are no logs in ${home.root} yet.`)
  for (const word of words) {
    if (known.includes(word)) continue
    const close = findClosest(word, known)
    throw new UserError(
      `There is no log of ${word}${close ? `; did you mean ${close}?` : ''}\nThere are: ${known.sort().join(', ')}`,
    )
  }
  return words.length > 0 ? [...words] : known.sort()
}

async function follow(logs: readonly { readonly path: string; readonly label: string }[]): Promise<void> {
  const stopped = new AbortController()
  onStopRequest(() => stopped.abort())
  const size = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0
  const shown = new Map(logs.map(({ path }) => [path, size(path)]))
  while (!stopped.signal.aborted) {
    for (const { path, label } of logs) {
      const end = size(path)
      // A log that got shorter has begun anew.
      const start = Math.min(shown.get(path) ?? 0, end)
      if (end > start) await show(path, start === end ? 0 : start, end, label)
      shown.set(path, end)
    }
    await sleep(pollMs, undefined, { signal: stopped.signal }).catch(() => {})
  }
}

async function show(path: string, start: number, end: number, label: string): Promise<void> {
  let text = ''
  for await (const chunk of createReadStream(path, { start, end: end - 1, encoding: 'utf8' })) text += chunk
  process.stdout.write(label === '' ? text : `${text.trimEnd().replace(/^/gm, label)}\n`)
}

await runCommand(command)
