import { spawn } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Home } from '../home.ts'
import { isFree } from '../ports.ts'
import { findHolder, lockHome } from './home-lock.ts'
import { stopLeftovers } from './leftovers.ts'
import { readLiveStatus } from './live-status.ts'
import { identify, isRunning } from './process-identity.ts'
import type { ProcessSpec } from './process-spec.ts'
import { type ProcessRecord, readRunFile } from './run-file.ts'
import { silent, standIn, temporaryHome } from './stand-in.ts'
import { Supervisor } from './supervisor.ts'

let home: Home
let supervisor: Supervisor
let remove: () => void

beforeEach(async () => {
  ;({ home, remove } = await temporaryHome())
  supervisor = new Supervisor(home, silent)
})

afterEach(async () => {
  await supervisor.stop()
  remove()
})

const status = () => readLiveStatus(readRunFile(home.runFile))
const record = (name: string): ProcessRecord => {
  const found = readRunFile(home.runFile)?.processes.find((each) => each.name === name)
  if (found === undefined) throw new Error(`${name} is not in run.json`)
  return found
}

async function establish(...specs: ProcessSpec[]): Promise<void> {
  await supervisor.start(specs)
  supervisor.establish()
}

describe('starting', () => {
  it('starts a process only when those it needs are ready', async () => {
    const started: string[] = []
    const note = (name: string) => ({ prepare: async () => void started.push(name) })
    const slow = 'const end = Date.now() + 300; while (Date.now() < end);'
    const second = await standIn('second', { after: ['first'], ...note('second') })
    const first = await standIn('first', { script: slow, ...note('first') })
    await supervisor.start([second, first])
    expect(started).toEqual(['first', 'second'])
  })

  it('provisions a process once it is ready, and starts those after it when that is done', async () => {
    const done: string[] = []
    const first = await standIn('first', {
      provision: async () => {
        await fetch(first.probe)
        done.push('provisioned')
      },
    })
    const second = await standIn('second', { after: ['first'], prepare: async () => void done.push('second') })
    await supervisor.start([first, second])
    expect(done).toEqual(['provisioned', 'second'])
  })

  it('names the process that could not be provisioned', async () => {
    const provision = () => Promise.reject(new Error('no such role'))
    const spec = await standIn('first', { provision })
    await expect(supervisor.start([spec])).rejects.toThrow(/first could not be started: no such role/)
  })

  it('shows each process with its number, port and health', async () => {
    const spec = await standIn('order')
    await establish(spec)
    const shown = await status()
    expect(shown).toEqual([
      { name: 'order', pid: record('order').pid, ports: spec.ports, health: 'ready', restarts: 0 },
    ])
  })

  it('names the process that failed, with the last lines it wrote, and leaves nothing running', async () => {
    const good = await standIn('good')
    const bad = await standIn('bad', { script: "console.error('no such table'); process.exit(3)", after: ['good'] })
    await expect(supervisor.start([good, bad])).rejects.toThrow(
      /bad could not be started: ended \(exit code 3\)[\s\S]*no such table/,
    )
    await supervisor.stop()
    expect(await isFree(good.ports[0] ?? 0)).toBe(true)
    expect(existsSync(home.runFile)).toBe(false)
  })

  it('names a program that is not there', async () => {
    const missing = await standIn('missing', { command: '/no/such/program' })
    await expect(supervisor.start([missing])).rejects.toThrow(/missing could not be started: ended \(spawn .*ENOENT\)/)
  })

  it('fails when a process that was ready ends before all are', async () => {
    const brief = await standIn('brief', { script: 'setTimeout(() => process.exit(7), 300)' })
    const never = await standIn('never', { probe: 'http://127.0.0.1:1/' })
    await expect(supervisor.start([brief, never])).rejects.toThrow(/brief could not be started: ended \(exit code 7\)/)
  })
})

describe('once all are ready', () => {
  it('takes another process in, restarts it too, and lets it go for good', async () => {
    const first = await standIn('order')
    const second = await standIn('order-2', { after: ['order'] })
    await establish(first)
    await supervisor.add(second)
    process.kill(record('order-2').pid, 'SIGKILL')
    const both = [{ name: 'order' }, { name: 'order-2', health: 'ready', restarts: 1 }]
    await vi.waitFor(async () => expect(await status()).toMatchObject(both), { timeout: 5000 })
    await supervisor.remove('order-2', 1000)
    expect(await status()).toMatchObject([{ name: 'order', health: 'ready' }])
    expect(await isFree(second.ports[0] ?? 0)).toBe(true)
  })

  it('says why another one could not be taken in, and lets the others run on', async () => {
    await establish(await standIn('order'))
    const bad = await standIn('order-2', { script: 'process.exit(3)' })
    await expect(supervisor.add(bad)).rejects.toThrow(/order-2 could not be started[\s\S]*Everything else runs on/)
    expect(await status()).toMatchObject([{ name: 'order', health: 'ready' }])
  })

  it('restarts what dies, on the same port, and counts it', async () => {
    const spec = await standIn('order')
    await establish(spec)
    for (const restarts of [1, 2]) {
      const before = record('order').pid
      process.kill(before, 'SIGKILL')
      await vi.waitFor(
        async () => expect(await status()).toMatchObject([{ health: 'ready', restarts, ports: spec.ports }]),
        { timeout: 5000 },
      )
      expect(record('order').pid).not.toBe(before)
    }
  })

  it('shows a process that hangs as down', async () => {
    await establish(await standIn('order'))
    const { pid } = record('order')
    process.kill(pid, 'SIGSTOP')
    expect(await status()).toMatchObject([{ pid, health: 'down' }])
    process.kill(pid, 'SIGCONT')
  })
})

it('rotates the logs that a process writes besides its output', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const rotating = new Supervisor(home, silent)
  try {
    writeFileSync(home.log('gateway-access'), Buffer.alloc(10_000_001, 'x'))
    await rotating.start([await standIn('gateway', { extraLogs: ['gateway-access'] })])
    await vi.advanceTimersToNextTimerAsync()
    expect(statSync(home.log('gateway-access')).size).toBe(0)
    expect(statSync(`${home.log('gateway-access')}.1`).size).toBe(10_000_001)
  } finally {
    await rotating.stop()
    vi.useRealTimers()
  }
})

describe('stopping', () => {
  it('ends even what ignores being asked, and what that started, within five seconds', async () => {
    const stubborn = "process.on('SIGTERM', () => {})"
    const kinds = ['gateway', 'service', 'datastore'] as const
    const specs = await Promise.all(kinds.map((kind) => standIn(kind, { kind, script: stubborn })))
    await establish(...specs)
    const records = kinds.map((kind) => record(kind))
    const startedAt = Date.now()
    await supervisor.stop()
    expect(Date.now() - startedAt).toBeLessThan(5000)
    expect(records.filter(isRunning)).toEqual([])
  })

  it('stops the gateway first and datastores last', async () => {
    const say = (name: string) =>
      `process.on('SIGTERM', () => { console.log('${name}', Date.now()); setTimeout(() => process.exit(0), 100) })`
    const kinds = ['datastore', 'gateway', 'service'] as const
    await establish(...(await Promise.all(kinds.map((kind) => standIn(kind, { kind, script: say(kind) })))))
    await supervisor.stop()
    const { readLastLines } = await import('./log-file.ts')
    const times = kinds.map((kind) => readLastLines(home.log(kind), 1)[0]?.split(' ') ?? [])
    const order = times.toSorted(([, a], [, b]) => Number(a) - Number(b)).map(([kind]) => kind)
    expect(order).toEqual(['gateway', 'service', 'datastore'])
  })
})

describe('a home', () => {
  it('belongs to one supervisor at a time', () => {
    const unlock = lockHome(home)
    expect(() => lockHome(home)).toThrow(/Another copy already runs/)
    unlock()
    lockHome(home)()
    expect(findHolder(home)).toBeUndefined()
  })
})

describe('what a killed supervisor left', () => {
  const left = async () => {
    const spec = await standIn('mongodb')
    const child = spawn(spec.command, spec.args, { stdio: 'ignore', detached: true })
    const pid = child.pid ?? 0
    const { name, kind, ports, probe, stopSignal } = spec
    const process = {
      name,
      kind,
      pid,
      identity: identify(pid) ?? '',
      ports: [...ports],
      health: 'ready' as const,
      restarts: 0,
      probe,
      stopSignal,
    }
    return { child, run: { supervisor: { pid: 1, identity: 'gone' }, processes: [process] } }
  }

  it('is found and stopped', async () => {
    const { run } = await left()
    expect(await stopLeftovers(run)).toEqual(['mongodb'])
    expect(run.processes.filter(isRunning)).toEqual([])
  })

  it('is left alone when its number belongs to another process now', async () => {
    const { child, run } = await left()
    const stranger = { ...run, processes: run.processes.map((each) => ({ ...each, identity: 'an earlier process' })) }
    expect(await stopLeftovers(stranger)).toEqual([])
    expect(run.processes.filter(isRunning)).toHaveLength(1)
    child.kill('SIGKILL')
  })
})
