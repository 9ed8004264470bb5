/** Runs in a thread of its own: reads configurations, so that requests need not wait for that. */
import { parentPort, workerData } from 'node:worker_threads'
import { loadConfiguration } from '../config/load.ts'
import { enabledPlugins } from '../own-plugins/enabled-plugins.ts'
import type { LoadTask } from './configuration-loader.ts'
import { pack } from './portable.ts'

const registry = enabledPlugins(workerData as readonly string[])

parentPort?.on('message', async ({ text, options }: LoadTask) => {
  parentPort?.postMessage(pack(loadConfiguration(text, { ...options, registry: await registry })))
})
