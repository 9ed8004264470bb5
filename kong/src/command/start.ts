/** `kong start`: runs a gateway until it is told to stop. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readEnvironment } from '../environment.ts'
import { createGateway, type Gateway, type Ports } from '../gateway.ts'
import { describeProblem, type Origin } from '../gateway-state.ts'
import { createLog } from '../log.ts'
import { enabledPlugins } from '../own-plugins/enabled-plugins.ts'
import { readSettings, SettingError, type StartOptions } from '../settings.ts'
import { watchFiles } from '../watch.ts'

export const EXIT = { stopped: 0, failed: 1, usage: 2, port: 3 } as const

/** @returns the exit code, once the gateway has stopped. @throws SettingError */
export async function start(options: StartOptions): Promise<number> {
  const settings = readSettings(options, process.env)
  const log = createLog(settings.logLevel, settings.logFormat)
  const gateway = createGateway({ settings, log, registry: await enabledPlugins(settings.plugins) })
  // Watching begins before reading, so that no edit is missed.
  const unwatch = watchSettings(gateway)
  const ports = (await loadFiles(gateway, 'start')) ? await listen(gateway) : undefined
  if (ports === undefined || typeof ports === 'number') {
    unwatch()
    await gateway.close(0)
    return ports ?? EXIT.failed
  }
  const open = Object.fromEntries(Object.entries(ports).filter(([, port]) => port !== 0))
  log.info('ready', { ...open, ...(settings.config !== undefined && { config: settings.config }) })
  process.send?.({ type: 'ready', ports })
  process.on('SIGHUP', () => void loadFiles(gateway, 'file'))
  const reason = await stopRequest()
  log.info('stopping', { reason })
  unwatch()
  await gateway.close()
  return EXIT.stopped
}

/** The ports, or the exit code where one can't be had. */
async function listen(gateway: Gateway): Promise<Ports | number> {
  try {
    return await gateway.listen()
  } catch (error) {
    gateway.worker.log.error(describeListenError(error))
    return EXIT.port
  }
}

/**
 * Reads the file of the settings. What is wrong with it is logged, and the configuration before stays in force.
 * @throws SettingError at the start, for an env file that can't be read
 */
async function loadFiles(gateway: Gateway, source: Origin): Promise<boolean> {
  const { settings, worker } = gateway
  const { config, configText } = settings
  if (config === undefined && configText === undefined) return true
  const place = config ?? 'KONG_DECLARATIVE_CONFIG_STRING'
  try {
    const text = config === undefined ? (configText ?? '') : readFileSync(config, 'utf8')
    const format = /\.json$/.test(place) ? 'json' : 'any'
    const result = await gateway.loadLive(text, { source, env: readEnvironment(settings.envFile), format })
    if (result.ok) {
      for (const warning of result.warnings) worker.log.warn(`${place}:${describeProblem(warning)}`)
      if (source !== 'start') worker.log.info('the new configuration is in force', { hash: gateway.configuration.hash })
      return true
    }
    for (const problem of result.problems) worker.log.error(`${place}:${describeProblem(problem)}`)
  } catch (error) {
    // An env file that has gone missing stops a start, but not a gateway that runs.
    const wentMissing = error instanceof SettingError && source !== 'start'
    if (!wentMissing && !isSystemError(error)) throw error
    worker.log.error(error.message)
    gateway.state.noteUnreadable(error.message, source, new Date())
  }
  if (source !== 'start') worker.log.error('the configuration before stays in force')
  return false
}

function watchSettings(gateway: Gateway): () => void {
  const { config, envFile, watch } = gateway.settings
  const files = [config, envFile].filter((file) => file !== undefined).map((file) => resolve(file))
  if (!watch || files.length === 0) return () => {}
  return watchFiles({ files, onChange: () => void loadFiles(gateway, 'file') })
}

/** A signal, or the end of the supervisor that started the gateway. */
function stopRequest(): Promise<string> {
  return new Promise((resolveReason) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolveReason(signal))
    process.once('disconnect', () => resolveReason('the supervisor ended'))
  })
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error

function describeListenError(error: unknown): string {
  if (!isSystemError(error)) return error instanceof Error ? error.message : String(error)
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  const place = `${address ?? ''}:${port ?? ''}`
  if (code === 'EADDRINUSE')
    return `port ${port} is taken: another process listens on ${place}; stop it, or choose another port`
  if (code === 'EACCES') return `not allowed to listen on ${place}; ports below 1024 need rights`
  if (code === 'EADDRNOTAVAIL') return `${place} is no address of this machine`
  return error.message
}
