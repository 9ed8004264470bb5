import { randomUUID } from 'node:crypto'
import type { Log, Worker } from './exchange.ts'
import { noTracing } from './tracing/settings.ts'

/** Makes what lives as long as the gateway: its ids, and the state that plugins keep over every reload. */
export function createWorker(log: Log, tracing = noTracing, now: () => number = Date.now): Worker {
  const states = new Map<string, unknown>()
  return {
    id: randomUUID(),
    pid: process.pid,
    nodeId: randomUUID(),
    log,
    tracing,
    now,
    state<T>(name: string, create: () => T): T {
      if (!states.has(name)) states.set(name, create())
      return states.get(name) as T
    },
  }
}
