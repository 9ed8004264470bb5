import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { watchFiles } from '../watch.ts'
import { isObject } from './json.ts'
import { BadRegistryAnswer, type TargetListener, type TargetSource, type Targets } from './target-source.ts'

const DEFAULT_WEIGHT = 100

/** A registry in a file, `{"order-service": [{"target": "10.0.0.7:8083", "weight": 100}]}`, read anew at each change. */
export function fileSource(path: string): TargetSource {
  const file = resolve(path)
  const listeners = new Map<TargetListener, string>()
  let unwatch: (() => void) | undefined
  const tell = (listener: TargetListener, service: string) => {
    try {
      listener.onTargets(read(file)(service))
    } catch (error) {
      listener.onFailure(error as Error)
    }
  }
  const tellAll = () => {
    for (const [listener, service] of listeners) tell(listener, service)
  }
  return {
    name: `file ${file}`,
    watch(service, listener) {
      listeners.set(listener, service)
      unwatch ??= watchFiles({ files: [file], onChange: tellAll, quietMs: 10 })
      tell(listener, service)
      return {
        close() {
          listeners.delete(listener)
          if (listeners.size > 0) return
          unwatch?.()
          unwatch = undefined
        },
      }
    },
  }
}

function read(file: string): (service: string) => Targets {
  const registry: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!isObject(registry)) throw new BadRegistryAnswer(`${file} holds no object`)
  return (service) => {
    const entries = registry[service] ?? []
    if (!Array.isArray(entries)) throw new BadRegistryAnswer(`${file}: ${service} is no list`)
    return entries.map((entry) => {
      if (!isObject(entry) || typeof entry.target !== 'string') {
        throw new BadRegistryAnswer(`${file}: ${service} has an entry without target`)
      }
      return { target: entry.target, weight: typeof entry.weight === 'number' ? entry.weight : DEFAULT_WEIGHT }
    })
  }
}
