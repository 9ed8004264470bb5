/** `kong start`: runs a gateway until it is told to stop. */
import { resolve } from 'node:path'
import { createGateway, type Gateway, type Ports } from '../gateway.ts'
import { createLog } from '../log.ts'
import { enabledPlugins } from '../own-plugins/enabled-plugins.ts'
import { readSettings, SettingError, type StartOptions } from '../settings.ts'
import { watchFiles } from '../watch.ts'
import { EXIT } from './exit.ts'
import { isSystemError, loadFiles } from './load-files.ts'

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
    if (error instanceof SettingError) throw error
    gateway.worker.log.error(describeListenError(error))
    return EXIT.port
  }
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
