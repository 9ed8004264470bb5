import { readFileSync, rmSync } from 'node:fs'
import { z } from 'zod'
import { writeAtomically } from '../atomic-file.ts'

const processRecord = z.object({
  name: z.string(),
  kind: z.enum(['datastore', 'service', 'gateway']),
  pid: z.number().int(),
  identity: z.string(),
  ports: z.array(z.number().int()),
  health: z.enum(['starting', 'ready', 'down']),
  restarts: z.number().int(),
  probe: z.string(),
  stopSignal: z.string(),
})

const runRecord = z.object({
  supervisor: z.object({ pid: z.number().int(), identity: z.string() }),
  processes: z.array(processRecord),
})

/** A process of the running copy; `probe` is the URL to ask whether it is ready, passwords included. */
export type ProcessRecord = z.infer<typeof processRecord>

/** What runs now, as the supervisor last wrote it. */
export type RunRecord = z.infer<typeof runRecord>

/** Reads `run.json`; undefined where nothing runs or was left running, or what is there can't be understood. */
export function readRunFile(path: string): RunRecord | undefined {
  try {
    return runRecord.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data
  } catch {
    return undefined
  }
}

export function writeRunFile(path: string, run: RunRecord): void {
  writeAtomically(path, `${JSON.stringify(run, null, 2)}\n`)
}

export function removeRunFile(path: string): void {
  rmSync(path, { force: true })
}
