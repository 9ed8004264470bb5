import { prepareProbe } from '../probe.ts'
import type { Health } from './managed-process.ts'
import { isRunning } from './process-identity.ts'
import type { ProcessRecord, RunRecord } from './run-file.ts'

/** One process of the running copy, as `status --json` shows it. `pid` is the server's own, of the last one if it is down. */
export interface ProcessStatus {
  readonly name: string
  readonly pid: number
  readonly ports: readonly number[]
  readonly health: Health
  readonly restarts: number
}

/** How each process is at this moment: asked now, not what was written down. What no longer runs and is not looked after
 *  by a supervisor isn't part of anything that runs. */
export async function readLiveStatus(run: RunRecord | undefined): Promise<ProcessStatus[]> {
  if (run === undefined) return []
  const supervised = isRunning(run.supervisor)
  const records = run.processes.filter((record) => supervised || isRunning(record))
  const probes = await Promise.all(records.map(({ probe }) => prepareProbe(probe)))
  return await Promise.all(
    records.map(async (record, index) => {
      const { name, pid, ports, restarts } = record
      return { name, pid, ports, health: await askHealth(record, probes[index]), restarts }
    }),
  )
}

async function askHealth(record: ProcessRecord, isReady?: () => Promise<boolean>): Promise<Health> {
  if (!isRunning(record)) return 'down'
  if (await isReady?.()) return 'ready'
  return record.health === 'starting' ? 'starting' : 'down'
}
