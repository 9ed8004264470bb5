import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { mutatedConfigurations } from '../config/testing/mutated-configurations.ts'
import { createGateway } from '../gateway.ts'
import { fuzz, fuzzTimeout } from '../proxy/testing/fuzzing.ts'
import { readSettings } from '../settings.ts'
import { reportOn } from '../tools/check.ts'
import { loadFiles } from './load-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'portico-mutations-'))
const file = join(folder, 'kong.yml')
afterAll(() => rmSync(folder, { recursive: true }))

const good = '_format_version: "3.0"\nroutes:\n- name: r\n  paths: [/]\n'
const JARGON =
  /Implicit (?:map )?keys|Nested mappings|flow (?:map|sequence|collection)|Block (?:collection|scalar|seq)/i
const DEFECT = /^\s+at |\.ts:\d|\b(?:Type|Range|Reference|Syntax|Assertion)Error\b|defect|\[object /m
const silent = { debug() {}, info() {}, warn() {}, error() {} }

describe('a configuration with something wrong in it', () => {
  it(
    'is judged by check without a stack trace, and never ends the gateway that reads it',
    async () => {
      const settings = readSettings({ config: file, 'proxy-listen': '127.0.0.1:0' }, {})
      const gateway = createGateway({ settings, log: silent })
      const judge = async (text: string) => {
        writeFileSync(file, text)
        const { output } = reportOn(file, {})
        expect(output).not.toMatch(DEFECT)
        expect(output).not.toMatch(JARGON)
        const before = gateway.configuration
        const isTaken = await loadFiles(gateway, 'file')
        expect(gateway.configuration === before).toBe(!isTaken)
      }
      await fuzz('mutated configurations', mutatedConfigurations(), judge, { seconds: 5 })
      await gateway.close(0)
    },
    fuzzTimeout,
  )

  it(
    'leaves a gateway that watches the file running, as each one is saved over the one before',
    async () => {
      let gateway = await startWatching()
      // A short run may be interrupted while the gateway still judges a file.
      let judging: Promise<unknown> = Promise.resolve()
      await fuzz(
        'mutated configurations, watched',
        mutatedConfigurations(),
        async (text) => {
          const judged = gateway.save(text)
          judging = judged
          const { exitCode, log } = await judged
          if (exitCode !== null) gateway = await startWatching()
          expect({ exitCode, log }).toEqual({ exitCode: null, log: expect.not.stringMatching(DEFECT) })
        },
        { share: 0.02 },
      )
      await judging
      expect(await gateway.save(good)).toMatchObject({ log: expect.stringContaining('is in force') })
      gateway.stop()
    },
    fuzzTimeout,
  )
})

interface WatchingGateway {
  /** Replaces the file and waits until the gateway has judged it, or has ended; what it logged meanwhile. */
  save(text: string): Promise<{ exitCode: number | null; log: string }>
  stop(): void
}

const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** A gateway in a process of its own that watches the file. */
async function startWatching(): Promise<WatchingGateway> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  replaceFile(good)
  const args = ['--', main, 'start', '--config', file, '--proxy-listen', '127.0.0.1:0', '--admin-listen', 'off']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  children.add(child)
  let log = ''
  let onLog = () => {}
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text
    onLog()
  })
  child.once('close', () => onLog())
  await once(child, 'message')
  const judged = () =>
    new Promise<void>((resolve) => {
      onLog = () => {
        if (JUDGED.test(log) || child.exitCode !== null) resolve()
      }
    })
  return {
    async save(text) {
      log = ''
      const done = judged()
      replaceFile(text)
      await done
      return { exitCode: child.exitCode, log }
    },
    stop: () => child.kill('SIGTERM'),
  }
}

const JUDGED = /^\S+ (?:info the new configuration is in force|error the configuration before stays)/m

/** In one step, so that no half of it is ever read. */
function replaceFile(text: string): void {
  writeFileSync(`${file}.new`, text)
  renameSync(`${file}.new`, file)
}
