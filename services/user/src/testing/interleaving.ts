import type { Database } from '../store/database.ts'

const collections = ['accounts', 'sessions', 'throttles', 'knownNetworks', 'audit'] as const

/**
 * The database, except that `meanwhile` runs right after the `step`-th operation (from 0) has been answered and before
 * its caller goes on: another request that comes just then.
 */
export function interleaved(db: Database, step: number, meanwhile: () => Promise<unknown>) {
  let steps = 0
  const watch = async (operation: Promise<unknown>) => {
    const result = await operation
    if (steps++ === step) await meanwhile()
    return result
  }
  const watched = <Target extends object>(target: Target): Target =>
    new Proxy(target, {
      get(collection, name) {
        const member: unknown = Reflect.get(collection, name, collection)
        if (typeof member !== 'function') return member
        return (...given: unknown[]) => {
          const result: unknown = member.apply(collection, given)
          return result instanceof Promise ? watch(result) : result
        }
      },
    })
  const all = Object.fromEntries(collections.map((name) => [name, watched(db[name])]))
  return { db: { ...db, ...all } as Database, stepsTaken: () => steps }
}
