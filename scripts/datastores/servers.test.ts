import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Home } from '../home.ts'
import { isReady } from '../probe.ts'
import { openSecrets } from '../secrets.ts'
import { type DatastorePlan, planDatastores } from '../shop/datastore-specs.ts'
import { readRunFile } from '../supervisor/run-file.ts'
import { silent, temporaryHome } from '../supervisor/stand-in.ts'
import { Supervisor } from '../supervisor/supervisor.ts'

const names = ['mongodb', 'postgres', 'mysql', 'redis-bus', 'nats'] as const
const variables = ['MONGODB_URL', 'POSTGRES_URL', 'MYSQL_URL', 'REDIS_URL', 'EVENT_BUS_URL'] as const

describe('the servers that Portico starts', () => {
  let home: Home
  let remove: () => void
  let supervisor: Supervisor
  let plans: Record<(typeof names)[number], DatastorePlan>
  const given = variables.map((name) => [name, process.env[name]] as const)

  beforeAll(async () => {
    for (const name of variables) delete process.env[name]
    ;({ home, remove } = await temporaryHome())
    supervisor = new Supervisor(home, silent)
    plans = await planDatastores(names, home, openSecrets(home), {
      noInstall: false,
      report: silent,
      log: home.log('install'),
    })
    await supervisor.start(Object.values(plans).flatMap(({ spec }) => spec ?? []))
    supervisor.establish()
  })

  afterAll(async () => {
    await supervisor?.stop()
    remove()
    for (const [name, url] of given) if (url !== undefined) process.env[name] = url
  })

  it.each(names)('let only those in to %s who know its password', async (name) => {
    const wrong = new URL(plans[name].url)
    wrong.password = 'guessed'
    const anonymous = new URL(plans[name].url)
    anonymous.username = ''
    anonymous.password = ''
    expect(await isReady(plans[name].url)).toBe(true)
    expect(await isReady(wrong.href)).toBe(false)
    // MongoDB answers a ping before one logs in; its data it doesn't give.
    if (name !== 'mongodb') expect(await isReady(anonymous.href)).toBe(false)
  })

  it('give each service that hears or publishes events a user of its own on the bus', async () => {
    const { urlFor } = plans['redis-bus']
    const urls = ['order', 'product', 'payment'].map((service) => new URL(urlFor(service)))
    expect(urls.map(({ username }) => username)).toEqual(['order', 'product', 'payment'])
    expect(new Set(urls.map(({ password }) => password)).size).toBe(3)
    for (const url of urls) {
      expect(await isReady(url.href)).toBe(true)
      url.username = ''
      expect(await isReady(url.href)).toBe(false)
    }
  })

  it.runIf(process.platform === 'linux').each(names)('keep the password of %s off its command line', (name) => {
    const pid = readRunFile(home.runFile)?.processes.find((each) => each.name === name)?.pid
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    expect(commandLine).not.toContain(openSecrets(home)[name])
    expect(commandLine).not.toBe('')
  })

  it.runIf(process.platform === 'linux').each(names)('give %s no rights of root', (name) => {
    const pid = readRunFile(home.runFile)?.processes.find((each) => each.name === name)?.pid
    const capabilities = /^CapEff:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    expect(capabilities).toBe('0000000000000000')
  })
})
