import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from '../scripts/home.ts'
import type { summarize } from './summary.ts'

interface Ran {
  readonly code: number
  readonly told: ReturnType<typeof summarize>
  readonly said: string
}

/** `npm run faults` as a person runs it. */
function runFaults(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const command = [join(projectRoot, 'scripts', 'bootstrap.mjs'), 'faults', '--json', ...args]
  return new Promise((resolve, reject) => {
    const options = { cwd: projectRoot, env: { ...process.env, ...env }, maxBuffer: 50_000_000 }
    execFile(process.execPath, command, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code)
      try {
        resolve({ code, told: JSON.parse(stdout), said: stderr })
      } catch {
        reject(new Error(`ended with ${code}, and no JSON:\n${stdout}\n${stderr}`))
      }
    })
  })
}

it('no order and no payment is lost or doubled while every process is killed again and again', async () => {
  const {
    PORTICO_FAULTS_SECONDS: seconds = '90',
    PORTICO_FAULTS_KILLS: kills = '24',
    PORTICO_FAULTS_SEED,
  } = process.env
  const seed = PORTICO_FAULTS_SEED === undefined ? [] : ['--seed', PORTICO_FAULTS_SEED]
  const { code, told, said } = await runFaults(['--seconds', seconds, '--kills', kills, ...seed])
  console.log(`seed ${told.seed}: ${told.kills} kills, ${told.orders} orders, settled in ${told.settledSeconds} s`)
  expect(told.violations, `seed ${told.seed}\n${said}`).toEqual([])
  expect(code).toBe(0)
  expect(told.kills).toBeGreaterThanOrEqual(20)
  expect(Object.keys(told.faults.kill ?? {}).sort()).toEqual([...told.processes].sort())
  expect(told.orders).toBeGreaterThanOrEqual(10)
})

it('a shop that loses orders and events and charges twice is found out', async () => {
  const sabotage = ['lose-events', 'charge-twice', 'forget-orders'].map((name) =>
    join(import.meta.dirname, 'sabotage', `${name}.ts`),
  )
  const args = ['--scale', 'order=1', '--seconds', '8', '--kills', '0', '--settle', '15']
  const { code, told } = await runFaults(args, { PORTICO_FAULTS_PRELOAD: sabotage.join() })
  // It is kept for people to look at; here nobody does.
  rmSync(told.home, { recursive: true, force: true })
  expect(code).toBe(1)
  const kinds = told.violations.map(({ kind }) => kind)
  expect(kinds).toEqual(expect.arrayContaining(['order lost', 'not final', 'not in the books', 'paid twice']))
})
