import { performance } from 'node:perf_hooks'

/** Tells a person what is going on while things start. */
export interface Report {
  begin(step: string): void
  done(step: string, detail?: string): void
  note(text: string): void
  /** No more progress is shown. */
  end(): void
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

/** Writes a line for each step when it is done; what takes long is shown meanwhile: on a terminal as a line that
 *  changes, elsewhere as a plain line every five seconds. */
export function createReport(output: NodeJS.WriteStream = process.stdout): Report {
  const running = new Map<string, number>()
  const terminal = output.isTTY === true
  // A reader that went away is no reason to stop the shop.
  output.on('error', () => {})
  const clear = () => {
    if (terminal) output.write('\r\x1b[K')
  }
  const write = (line: string) => {
    clear()
    output.write(`${line}\n`)
  }
  const showRunning = () => {
    const now = performance.now()
    const late = [...running].filter(([, since]) => now - since > 1000)
    if (late.length === 0) return
    const text = late.map(([step, since]) => `${step} ${seconds(now - since)}`).join(', ')
    if (terminal) output.write(`\r\x1b[K  … ${text}`.slice(0, output.columns ?? 100))
    else output.write(`  … still waiting for ${text}\n`)
  }
  const timer = setInterval(showRunning, terminal ? 200 : 5000)
  timer.unref()
  return {
    begin: (step) => running.set(step, performance.now()),
    done(step, detail = '') {
      const since = running.get(step)
      running.delete(step)
      const took = since === undefined ? '' : seconds(performance.now() - since)
      write(`  ${step.padEnd(14)} ${took.padStart(7)}  ${detail}`.trimEnd())
    },
    note: (text) => write(`  ${text}`),
    end() {
      clearInterval(timer)
      clear()
    },
  }
}
