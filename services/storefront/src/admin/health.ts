import type { HealthReport } from '@portico/contracts'
import { z } from 'zod'
import { readPage, type Watched } from './watched.ts'

type Service = HealthReport['services'][number]

const readiness = z.object({ checks: z.record(z.string(), z.enum(['up', 'down'])) })

/** Asks each service for its readiness, all at once. */
export async function readHealth(watched: Watched): Promise<HealthReport> {
  const entries = Object.entries(watched)
  return { services: await Promise.all(entries.map(([name, url]) => healthOf(name, url))) }
}

async function healthOf(name: string, url: string): Promise<Service> {
  try {
    const { status, text } = await readPage(`${url}/readyz`)
    return { name, state: status === 200 ? 'ready' : 'not ready', checks: readiness.parse(JSON.parse(text)).checks }
  } catch {
    return { name, state: 'down', checks: {} }
  }
}
