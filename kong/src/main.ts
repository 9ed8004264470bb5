#!/usr/bin/env -S node --
/** The command line: `start`, `check`, `render`. Run it as `node -- main.ts`: else Node takes --env-file for itself. */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { EXIT } from './command/exit.ts'
import { HELP } from './command/help.ts'
import { suggest } from './config/spelling.ts'
import { SettingError } from './settings/setting-error.ts'
import { KONG_VERSION } from './version.ts'

// Half of the time of a short command would go into compiling. Not in a folder that others may write to.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)))

const OPTIONS = {
  config: { type: 'string', short: 'c' },
  'proxy-listen': { type: 'string' },
  'admin-listen': { type: 'string' },
  'status-listen': { type: 'string' },
  'admin-allowed-hosts': { type: 'string' },
  'plugin-files-dir': { type: 'string' },
  'env-file': { type: 'string' },
  'log-format': { type: 'string' },
  discovery: { type: 'string' },
  plugin: { type: 'string', multiple: true },
  watch: { type: 'boolean' },
  output: { type: 'string', short: 'o' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

type Parsed = ReturnType<typeof parse>

const COMMANDS: Readonly<Record<string, (parsed: Parsed) => Promise<number> | number>> = {
  start: async ({ values }) => (await import('./command/start.ts')).start(values),
  check: async ({ values, positionals }) => {
    const { checkFile } = await import('./tools/check.ts')
    return checkFile(fileOf('check', positionals), { envFile: values['env-file'], plugins: values.plugin })
  },
  render: async ({ values, positionals }) => {
    const { renderFile } = await import('./tools/render.ts')
    return renderFile(fileOf('render', positionals), { envFile: values['env-file'], output: values.output })
  },
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, allowNegative: true })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const unknown = /^Unknown option '--?([^']+)'/.exec(error.message)?.[1]
    if (unknown === undefined) throw new SettingError(error.message)
    const right = suggest(unknown, Object.keys(OPTIONS))
    throw new SettingError(`unknown option --${unknown}${right === undefined ? '' : `; did you mean --${right}?`}`)
  }
}

function fileOf(command: string, [, file]: readonly string[]): string {
  if (file === undefined) throw new SettingError(`which file? kong ${command} FILE`)
  return file
}

async function run(args: readonly string[]): Promise<number> {
  const parsed = parse(args)
  const [name] = parsed.positionals
  if (parsed.values.version) {
    console.log(`Portico's gateway, as Kong ${KONG_VERSION}`)
    return 0
  }
  if (parsed.values.help || name === undefined || name === 'help') {
    console.log(HELP)
    return name === undefined && !parsed.values.help ? EXIT.usage : 0
  }
  const command = COMMANDS[name]
  if (command) return command(parsed)
  const right = suggest(name, Object.keys(COMMANDS))
  throw new SettingError(`unknown command ${name}${right === undefined ? '' : `; did you mean ${right}?`}`)
}

try {
  // What a plugin still holds open, such as a connection to Redis, must not keep the process.
  const code = await run(process.argv.slice(2))
  // A pipe takes 64 KiB at once, and a long report would be cut there.
  await new Promise((resolve) => process.stdout.write('', resolve))
  process.exit(code)
} catch (error) {
  if (!(error instanceof SettingError)) throw error
  console.error(`kong: ${error.message}`)
  process.exit(EXIT.usage)
}
