import { UserError } from './user-error.ts'

/** Calls `stop` at the first Ctrl-C, SIGTERM, hang-up, or end of the bootstrap that started us. Later ones change
 *  nothing: in a terminal the same Ctrl-C arrives from the terminal, from npm and from the bootstrap. */
export function onStopRequest(stop: (reason: string) => void): void {
  let asked = false
  const ask = (reason: string) => {
    if (asked) return
    asked = true
    stop(reason)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal))
  process.on('disconnect', () => ask('the end of npm'))
}

/** A signal that aborts at the first request to stop. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController()
  onStopRequest((reason) => controller.abort(new UserError(`Stopped (${reason}).`)))
  return controller.signal
}

/** Never resolves, and rejects with the signal's reason when it aborts: something to race with. */
export function abortion(stopping: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(stopping.reason)
    if (stopping.aborted) abort()
    else stopping.addEventListener('abort', abort, { once: true })
  })
}
