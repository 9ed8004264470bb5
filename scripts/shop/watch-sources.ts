import { watch } from 'node:fs'
import { projectRoot } from '../home.ts'
import type { Report } from '../supervisor/report.ts'
import type { Restartable, Restarts } from './restarts.ts'
import { serviceNames } from './services.ts'

/** An editor writes a file in several steps, and `git checkout` many files. */
const settleMs = 300

/** Restarts what changed whenever sources are edited, until the process ends. */
export function watchSources(restarts: Restarts, report: Report): void {
  const changed = new Set<Restartable>()
  let timer: NodeJS.Timeout | undefined
  const restart = () => {
    report.note(`the sources of ${[...changed].join(', ')} changed; restarting`)
    restarts.restart([...changed])
    changed.clear()
  }
  for (const folder of ['services', 'packages', 'kong'] as const) {
    const watcher = watch(`${projectRoot}/${folder}`, { recursive: true, persistent: false }, (_, file) => {
      const affected = affectedBy(`${folder}/${file ?? ''}`)
      if (affected.length === 0) return
      for (const service of affected) changed.add(service)
      clearTimeout(timer)
      timer = setTimeout(restart, settleMs)
    })
    watcher.on('error', (error) => report.note(`edits in ${folder} are not watched: ${error.message}`))
  }
}

/**
 * What runs the code of a file.
 *
 * @param path Relative to the project, with `/`.
 */
export function affectedBy(path: string): readonly Restartable[] {
  const [folder = '', name = ''] = path.split('/')
  const isSource = /\/src\/.*\.(ts|lua|proto|json)$|\.proto$/.test(path) && !/\.test\.ts$|\/node_modules\//.test(path)
  if (!isSource) return []
  if (folder === 'kong') return ['gateway']
  if (folder === 'packages') return serviceNames
  return serviceNames.filter((service) => service === name)
}
