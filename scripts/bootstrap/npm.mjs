import { BootstrapError, run, say } from './terminal.mjs'

// npm's defaults retry for more than a minute, and wait five minutes for an answer, without printing anything.
const settings = {
  npm_config_loglevel: 'http',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_fetch_timeout: '120000',
  npm_config_fetch_retries: '2',
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '4000',
}

/** Lines that help nobody here: npm's summary, stack traces, its general advice and its own log. */
const noise =
  /^(?:\s*|(?:added|changed|removed|up to date).*|npm (?:error|ERR!)(?: {2,}.*| }| A complete log .*| network .*| If you are behind .*|\s*))$/

/**
 * Runs npm, or a program that runs npm, with progress. Ends it as soon as the registry turns out to be unreachable.
 *
 * @returns Its exit code.
 * @throws {BootstrapError} that names the registry, where that can't be reached.
 */
export async function runWithNpm([command, ...args], cwd) {
  const watch = new RegistryWatch(say)
  const startedAt = Date.now()
  const ticking = setInterval(
    () => say(`  … ${Math.round((Date.now() - startedAt) / 1000)} s, ${watch.progress()}`),
    10_000,
  )
  const env = { ...process.env, ...settings }
  const code = await run(command, args, {
    cwd,
    env,
    shell: needsShell(command),
    onLine: (line, end) => watch.read(line, end),
  })
  clearInterval(ticking)
  if (!watch.unreachable) return code
  const { host, reason } = watch.unreachable
  throw new BootstrapError(
    `The npm registry at ${host} can't be reached (${reason}), so the packages can't be installed.\n` +
      'Check the network, `npm config get registry`, and `npm config get https-proxy`. Then try again.',
  )
}

/** npm itself, with these words. */
export function npm(...words) {
  const script = process.env.npm_execpath
  return script?.endsWith('.js') ? [process.execPath, script, ...words] : ['npm', ...words]
}

/** On Windows npm is a batch file. */
const needsShell = (command) => process.platform === 'win32' && command === 'npm'

/** Follows what npm prints with `--loglevel=http`. */
export class RegistryWatch {
  /** `{ host, reason }` once the registry was asked twice for something and has never answered. */
  unreachable
  #answers = 0
  #failed = false
  #say

  /** @param say Prints a line for people. */
  constructor(say) {
    this.#say = say
  }

  progress() {
    if (this.#answers > 0) return `${this.#answers} answers from the registry`
    return this.#failed ? 'the registry does not answer, retrying' : 'no answer from the registry yet'
  }

  /** @param end Ends npm. */
  read(line, end) {
    const failure = /^npm http fetch \w+ (\S+) attempt (\d+) failed with (\S+)/.exec(line)
    if (failure) return this.#onFailure(new URL(failure[1]).host, Number(failure[2]), failure[3], end)
    if (/^npm http (?:fetch|cache) /.test(line)) this.#answers += 1
    else if (!this.unreachable && !/^npm (?:warn|WARN|notice|http)\b/.test(line) && !noise.test(line)) this.#say(line)
  }

  #onFailure(host, attempt, reason, end) {
    if (this.#answers > 0) return
    if (!this.#failed) this.#say(`The npm registry at ${host} does not answer (${reason}). Retrying …`)
    this.#failed = true
    if (attempt < 2 || this.unreachable) return
    this.unreachable = { host, reason }
    end()
  }
}
