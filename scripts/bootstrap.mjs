// The first thing that runs in a fresh clone: with whatever Node the machine has, and before anything is installed. So it
// and what it imports are plain JavaScript and import nothing but Node. It brings node_modules in step with
// package-lock.json, and then runs scripts/COMMAND.ts with the Node version that the project pins.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bringPackagesInStep } from './bootstrap/packages.mjs'
import { makePinnedStart, pinnedMajor, pinnedNode, whyPinnedDoesNotStart } from './bootstrap/pinned-node.mjs'
import { BootstrapError, forwardSignals, root, say } from './bootstrap/terminal.mjs'
import { describeCommands } from './command-line/commands.mjs'

const oldestNode = 20
/** The exit code of a program whose shared libraries could not be loaded. */
const notLoaded = 127

const major = Number(process.versions.node.split('.')[0])

try {
  const [name = 'help', ...words] = process.argv.slice(2)
  if (name === 'help') {
    console.log(describeCommands())
    process.exit(0)
  }
  const script = join(root, 'scripts', `${name}.ts`)
  if (major < oldestNode) {
    throw new BootstrapError(
      `Portico needs Node ${oldestNode} or later, and this is ${process.version}. See https://nodejs.org.`,
    )
  }
  if (!/^[a-z-]+$/.test(name) || !existsSync(script))
    throw new BootstrapError(`There is no command named "${name}".\n\n${describeCommands()}`)
  const options = { noInstall: words.includes('--no-install') }
  if (await bringPackagesInStep()) await ensurePinnedStarts(options)
  process.env.PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].filter(Boolean).join(delimiter)
  if (major >= pinnedMajor) {
    process.argv.splice(1, 2, script)
    await import(pathToFileURL(script).href)
  } else {
    let code = await runPinned(script, words)
    if (code === notLoaded && (await ensurePinnedStarts(options))) code = await runPinned(script, words)
    process.exit(code)
  }
} catch (error) {
  say(error instanceof BootstrapError ? error.message : error.stack)
  process.exit(1)
}

/** Asked only after an installation or a failure, so that a healthy machine starts no process for it. */
async function ensurePinnedStarts(options) {
  const reason = whyPinnedDoesNotStart()
  if (reason !== undefined) await makePinnedStart(reason, options)
  return reason !== undefined
}

/** Runs the command with the pinned Node. The channel tells it when this process has been killed. */
function runPinned(script, words) {
  // Without `--` Node would take an --env-file among the words for itself.
  return new Promise((done, fail) => {
    const child = spawn(pinnedNode, ['--', script, ...words], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
    const stopForwarding = forwardSignals(child)
    const end = () => child.kill('SIGTERM')
    process.once('disconnect', end)
    child.once('error', fail)
    child.once('exit', (code, signal) => {
      stopForwarding()
      process.off('disconnect', end)
      done(signal ? 128 + constants.signals[signal] : code)
    })
  })
}
