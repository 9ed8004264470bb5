import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Home, projectRoot } from './home.ts'
import { runProgram } from './run-program.ts'
import { identify } from './supervisor/process-identity.ts'
import { type ProcessRecord, writeRunFile } from './supervisor/run-file.ts'
import { temporaryHome } from './supervisor/stand-in.ts'

let home: Home
let remove: () => void
beforeEach(async () => {
  ;({ home, remove } = await temporaryHome())
})
afterEach(() => remove())

const status = (...words: string[]) =>
  runProgram(process.execPath, [join(projectRoot, 'scripts/status.ts'), '--home', home.root, ...words])

/** This very process stands for a datastore that a killed supervisor left behind. */
const datastore: ProcessRecord = {
  name: 'mysql',
  kind: 'datastore',
  pid: process.pid,
  identity: identify(process.pid) ?? '',
  ports: [],
  health: 'ready',
  restarts: 0,
  probe: 'http://127.0.0.1:1/',
  stopSignal: 'SIGTERM',
}

it('says that the shop is down where a killed supervisor left processes behind', async () => {
  writeRunFile(home.runFile, { supervisor: { pid: process.pid, identity: 'another process' }, processes: [datastore] })
  const { output } = await status()
  expect(output).toContain('The shop is down: its supervisor was killed.')
  expect(output).toContain(`npm stop -- --home '${home.root}'`)
})

it('does not say so while the supervisor runs', async () => {
  const supervisor = { pid: process.pid, identity: identify(process.pid) ?? '' }
  writeRunFile(home.runFile, { supervisor, processes: [datastore] })
  expect((await status()).output).not.toContain('The shop is down')
})
