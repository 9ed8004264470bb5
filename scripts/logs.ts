import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, findClosest, runCommand } from './command-line/command.ts'
import { onStopRequest } from './command-line/stop-request.ts'
import { UserError } from './command-line/user-error.ts'
import { type Home, openHome } from './home.ts'
import { readLastLines } from './supervisor/log-file.ts'
import { readRequestLines } from './supervisor/request-lines.ts'

const pollMs = 200

const command: Command = {
  help: `Shows what the processes of the shop have written.

  npm run logs                        the last lines of each
  npm run logs -- order [-n LINES]    the last lines of one (50)
  npm run logs -- order -f            and what it writes from now on
  npm run logs -- --request ID        what all of them wrote about one request, in the order of time
    --home DIR                        of the copy in this home`,
  options: {
    follow: { type: 'boolean', short: 'f' },
    lines: { type: 'string', short: 'n' },
    request: { type: 'string' },
    home: { type: 'string' },
  },
  maxWords: Number.POSITIVE_INFINITY,
  async run({ flags, values, words }) {
    const home = openHome(values.home)
    const names = chooseLogs(home, words)
    if (values.request !== undefined) return await showRequest(home, names, values.request)
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

/** @throws UserError when nothing was written about it */
async function showRequest(home: Home, names: readonly string[], id: string): Promise<number> {
  if (id.trim() === '') throw new UserError('Which request? npm run logs -- --request ID')
  const lines = await readRequestLines(new Map(names.map((name) => [name, home.log(name)])), id)
  if (lines.length === 0) throw new UserError(`Nothing was written about request ${id}, as far as it is kept.`)
  for (const { name, text } of lines) console.log(`${name.padEnd(13)} | ${text}`)
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
