import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

let armory: string

beforeEach(() => {
  armory = mkdtempSync(join(tmpdir(), 'portico-armory-'))
})

afterEach(() => rmSync(armory, { recursive: true, force: true }))

/** A process that stores three payments at a Redis that isn't there, and says how far it came. */
async function payThrice(env: Record<string, string> = {}) {
  const program = `
    import { createPass } from ${JSON.stringify(join(import.meta.dirname, 'passage.ts'))}
    const pass = createPass(process.env.PORTICO_FAULTS, 'payment')
    for (const number of [1, 2, 3]) {
      pass('before', 'payment.create')
      console.log(number)
      pass('after', 'payment.create')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, PORTICO_FAULTS: armory, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (piece) => {
    said += piece
  })
  const [, signal] = await once(child, 'close')
  return { said: said.trim().split('\n').filter(Boolean), signal }
}

it('nothing happens at a step that is not armed', async () => {
  expect(await payThrice()).toEqual({ said: ['1', '2', '3'], signal: null })
})

it('a process dies at an armed step, after as many passages as were asked for, and once', async () => {
  writeFileSync(join(armory, 'payment.before.payment.create'), 'kill 1')
  expect(await payThrice()).toEqual({ said: ['1'], signal: 'SIGKILL' })
  expect(readdirSync(armory)).toEqual([expect.stringMatching(/^payment\.before\.payment\.create\.hit\.\d+$/)])
  expect((await payThrice()).signal).toBeNull()
})

it('the steps of another process are none of its business', async () => {
  writeFileSync(join(armory, 'order.before.place.commit'), 'kill 0')
  expect((await payThrice()).signal).toBeNull()
})

it('is refused in production', async () => {
  const install = join(import.meta.dirname, 'install.ts')
  const env = { ...process.env, NODE_ENV: 'production', PORTICO_FAULTS: armory, PORTICO_FAULTS_PROCESS: 'order' }
  const child = spawn(process.execPath, ['--import', install, '--eval', '0'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (piece) => {
    said += piece
  })
  const [code] = await once(child, 'close')
  expect([code, said]).toEqual([1, expect.stringContaining('not in production')])
})
