import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from '../plugins/plugin.ts'
import { SettingError } from '../settings/setting-error.ts'
import { faultsOfPlugin } from './plugin-shape.ts'

/**
 * Reads a plugin of one's own: a TypeScript or JavaScript file whose default export is a plugin.
 * @param path from the working directory.
 * @throws SettingError that says what is wrong with the file.
 */
export async function readPluginFile(path: string): Promise<Plugin> {
  const { default: plugin } = await importFile(path)
  if (typeof plugin !== 'object' || plugin === null) throw new SettingError(`plugin ${path}: it exports no default`)
  const faults = faultsOfPlugin(plugin as Readonly<Record<string, unknown>>)
  if (faults.length > 0) throw new SettingError(`plugin ${path}: ${faults.join('; ')}`)
  return plugin as Plugin
}

async function importFile(path: string): Promise<{ readonly default?: unknown }> {
  const file = resolve(path)
  if (!existsSync(file)) throw new SettingError(`plugin ${path}: there is no such file`)
  try {
    return await import(pathToFileURL(file).href)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : error
    throw new SettingError(`plugin ${path}: it can't be loaded: ${reason}`)
  }
}
