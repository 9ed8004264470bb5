import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { nobody } from '../datastores/unprivileged.ts'
import { makeHome, openHome } from '../home.ts'
import { isReady } from '../probe.ts'
import { openSecrets } from '../secrets.ts'
import { readRunFile } from '../supervisor/run-file.ts'
import { silent, temporaryHome } from '../supervisor/stand-in.ts'
import { Supervisor } from '../supervisor/supervisor.ts'
import { openDatastoreFolder } from './datastore-folder.ts'
import { planDatastores } from './datastore-specs.ts'

const names = ['postgres', 'redis-payment'] as const

// Elsewhere than on a developer's own machine the checkout may be in a folder of root's alone.
const nobodyReadsProject = () =>
  spawnSync('setpriv', [`--reuid=${nobody}`, '--clear-groups', 'test', '-r', import.meta.filename]).status === 0

describe.runIf(process.getuid?.() === 0 && nobodyReadsProject())(
  'as root where the system forbids user namespaces',
  () => {
    const programs = mkdtempSync(join(tmpdir(), 'portico-programs-'))

    beforeAll(() => {
      writeFileSync(join(programs, 'unshare'), '#!/bin/sh\necho "Operation not permitted" >&2; exit 1\n', {
        mode: 0o755,
      })
      vi.stubEnv('PATH', `${programs}:${process.env.PATH}`)
      for (const variable of ['POSTGRES_URL', 'REDIS_URL']) vi.stubEnv(variable, undefined)
    })

    afterAll(() => {
      vi.unstubAllEnvs()
      rmSync(programs, { recursive: true })
    })

    it('servers run as nobody, with the data of earlier starts as root', async () => {
      const { home, remove } = await temporaryHome()
      const supervisor = new Supervisor(home, silent)
      const earlier = join(home.data('redis-payment'), 'earlier')
      mkdirSync(home.data('redis-payment'))
      writeFileSync(earlier, '')
      try {
        const options = { noInstall: false, report: silent, log: home.log('install') }
        const plans = await planDatastores(names, home, openSecrets(home), options)
        await supervisor.start(Object.values(plans).flatMap(({ spec }) => spec ?? []))
        supervisor.establish()
        for (const name of names) {
          const pid = readRunFile(home.runFile)?.processes.find((each) => each.name === name)?.pid
          expect(statSync(`/proc/${pid}`).uid, name).toBe(nobody)
          expect(await isReady(plans[name].url), name).toBe(true)
        }
        expect(statSync(join(home.data('nobody'), 'redis-payment', 'earlier')).uid).toBe(nobody)
        expect(existsSync(earlier)).toBe(false)
      } finally {
        await supervisor.stop()
        remove()
      }
    })

    it('a folder that nobody may not enter is named', async () => {
      const closed = mkdtempSync(join(tmpdir(), 'portico-closed-'))
      chmodSync(closed, 0o700)
      const home = openHome(join(closed, 'home'))
      try {
        await makeHome(home)
        await expect(openDatastoreFolder(home, 'mysql')).rejects.toThrow(`nobody may not enter ${closed}.`)
      } finally {
        rmSync(closed, { recursive: true })
      }
    })
  },
)
