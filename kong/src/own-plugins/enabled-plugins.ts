import { suggest } from '../config/spelling.ts'
import { registry } from '../plugins/index.ts'
import type { Plugin } from '../plugins/plugin.ts'
import { unsupportedPlugins } from '../plugins/unsupported.ts'
import { SettingError } from '../settings/setting-error.ts'
import { readPluginFile } from './plugin-file.ts'

/**
 * The plugins that a configuration may use, by name.
 * @param wanted as Kong's `plugins` setting has it: `bundled`, `off`, names; and paths of plugins of one's own.
 * @throws SettingError for a name that there is not, or a file that holds no plugin.
 */
export async function enabledPlugins(wanted: readonly string[]): Promise<ReadonlyMap<string, Plugin>> {
  const enabled = new Map<string, Plugin>()
  for (const word of wanted) {
    if (isPath(word)) addOwn(enabled, word, await readPluginFile(word))
    else for (const plugin of ours(word)) enabled.set(plugin.name, plugin)
  }
  return enabled
}

const isPath = (word: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(word)

function ours(word: string): readonly Plugin[] {
  if (word === 'off') return []
  if (word === 'bundled') return [...registry.values()]
  const plugin = registry.get(word)
  if (plugin) return [plugin]
  const right = suggest(word, [...registry.keys(), 'bundled', 'off'])
  throw new SettingError(
    unsupportedPlugins.get(word) ??
      `there is no plugin '${word}'${right === undefined ? '; one of your own is named by its path, such as ./plugins/mine.ts' : `; did you mean '${right}'?`}`,
  )
}

function addOwn(enabled: Map<string, Plugin>, path: string, plugin: Plugin): void {
  if (registry.has(plugin.name) || unsupportedPlugins.has(plugin.name) || enabled.has(plugin.name))
    throw new SettingError(`plugin ${path}: the name '${plugin.name}' is taken`)
  enabled.set(plugin.name, plugin)
}
