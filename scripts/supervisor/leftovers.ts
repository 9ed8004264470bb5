import { setTimeout as sleep } from 'node:timers/promises'
import { killGroup } from './managed-process.ts'
import { isRunning } from './process-identity.ts'
import type { ProcessRecord, RunRecord } from './run-file.ts'

const patienceMs = 3000

/** Stops what a supervisor that was killed left running, and nothing else: a process counts only if it is still the very
 *  one that was written down. Answers the names of those stopped. */
export async function stopLeftovers(run: RunRecord | undefined): Promise<string[]> {
  const left = (run?.processes ?? []).filter((record) => isRunning(record))
  await Promise.all(left.map(stopLeftover))
  return left.map((record) => record.name)
}

async function stopLeftover(record: ProcessRecord): Promise<void> {
  const deadline = Date.now() + patienceMs
  signal(record)
  while (isRunning(record)) {
    if (Date.now() > deadline) killGroup(record.pid)
    await sleep(20)
  }
}

function signal(record: ProcessRecord): void {
  try {
    process.kill(record.pid, record.stopSignal as NodeJS.Signals)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
