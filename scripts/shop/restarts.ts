import { readFileSync, watchFile } from 'node:fs'
import { z } from 'zod'
import { writeAtomically } from '../atomic-file.ts'
import type { Home } from '../home.ts'
import type { Report } from '../supervisor/report.ts'
import type { Supervisor } from '../supervisor/supervisor.ts'
import { serviceNames } from './services.ts'

/** What can be restarted: it runs code of this project. */
export const restartable = [...serviceNames, 'gateway'] as const
export type Restartable = (typeof restartable)[number]

const watchEveryMs = 200
/** Longer than a service takes for its last requests. */
const patienceMs = 6000

const request = z.object({ services: z.array(z.enum(restartable)), at: z.string() })

interface RestartsOptions {
  readonly home: Home
  readonly supervisor: Supervisor
  readonly report: Report
}

/** Restarts services of the running shop: replica by replica, each once its requests are done. */
export class Restarts {
  readonly #options: RestartsOptions
  #work: Promise<void> = Promise.resolve()

  constructor(options: RestartsOptions) {
    this.#options = options
  }

  /** From now on restarts what the home's file asks for. */
  follow(): void {
    const { home } = this.#options
    watchFile(home.restartFile, { interval: watchEveryMs, persistent: false }, () => {
      this.restart(readRequest(home))
    })
  }

  /** Restarts these services after those that were asked for before. A failure is reported and holds up no other. */
  restart(services: readonly Restartable[]): void {
    const { supervisor, report } = this.#options
    for (const name of supervisor.names.filter((each) => services.some((service) => isReplicaOf(each, service)))) {
      this.#work = this.#work
        .then(() => supervisor.restart(name, patienceMs))
        .catch((error) => report.note(`restarting failed: ${error instanceof Error ? error.message : error}`))
    }
  }
}

/** Whether a process is the first of a service (`order`) or a further replica (`order-2`). */
export const isReplicaOf = (process: string, service: string): boolean =>
  process === service || (process.startsWith(`${service}-`) && /^\d+$/.test(process.slice(service.length + 1)))

/** Asks the running shop of this home to restart services. */
export function requestRestart(home: Home, services: readonly Restartable[]): void {
  writeAtomically(home.restartFile, `${JSON.stringify({ services, at: new Date().toISOString() })}\n`)
}

function readRequest(home: Home): readonly Restartable[] {
  try {
    return request.safeParse(JSON.parse(readFileSync(home.restartFile, 'utf8'))).data?.services ?? []
  } catch {
    return []
  }
}
