/** Files that plugins write, confined to a folder: whoever may configure a plugin could write to any file otherwise. */
import { lstatSync, readlinkSync } from 'node:fs'
import { dirname, isAbsolute, join, sep } from 'node:path'
import type { EntityNode } from './document/entity-node.ts'
import type { Located } from './document/references.ts'
import type { Registry } from './entities/entity-schema.ts'

interface Confinement {
  readonly registry: Registry
  readonly pluginFilesDir?: string | undefined
}

/** The files that lie outside the folder which `KONG_PLUGIN_FILES_DIR` allows; none where it is not set. */
export function findFilesOutside(
  nodes: readonly EntityNode[],
  { registry, pluginFilesDir }: Confinement,
): readonly Located[] {
  if (pluginFilesDir === undefined) return []
  const allowed = realPathOf(pluginFilesDir)
  const message = `must be a file inside ${pluginFilesDir} (KONG_PLUGIN_FILES_DIR, --plugin-files-dir)`
  return nodes.flatMap((node) => {
    if (node.schema.name !== 'plugins') return []
    const { name, config } = node.value as { readonly name: string; readonly config: Readonly<Record<string, unknown>> }
    const outside = (registry.get(name)?.writtenFiles ?? []).filter((field) => {
      const path = config[field]
      return typeof path === 'string' && !isInside(path, allowed)
    })
    return outside.map((field) => ({ node, record: 'config', field, message }))
  })
}

function isInside(path: string, allowed: string | undefined): boolean {
  const real = realPathOf(path)
  return real !== undefined && allowed !== undefined && real.startsWith(allowed.endsWith(sep) ? allowed : allowed + sep)
}

/** As Linux limits them (path_resolution(7)). */
const MAX_LINKS = 40

/**
 * Where a file is, or would be created. Symbolic links are followed before `..` is applied, as the kernel does, and also
 * where they point to nothing: creating a file through such a link creates what it points to.
 *
 * @returns undefined where the path has too many links or can't be read.
 */
function realPathOf(path: string): string | undefined {
  const waiting = (isAbsolute(path) ? path : `${process.cwd()}${sep}${path}`).split(sep)
  let real: string = sep
  let links = 0
  try {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const next = join(real, step)
      const target = step === '..' ? undefined : linkAt(next)
      if (target === undefined) real = step === '..' ? dirname(real) : next
      else {
        if (++links > MAX_LINKS) return undefined
        if (isAbsolute(target)) real = sep
        waiting.unshift(...target.split(sep))
      }
    }
  } catch {
    return undefined
  }
  return real
}

const linkAt = (path: string): string | undefined =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined
