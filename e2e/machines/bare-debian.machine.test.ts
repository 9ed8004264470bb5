import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { paidOrder } from '../browser/administrator.ts'
import { type Machine, makeDebian, makeMachine } from './machine.ts'

let debian: string
let machine: Machine | undefined

beforeAll(async () => {
  debian = await makeDebian(process.env.PORTICO_DEBOOTSTRAP ?? 'debootstrap')
})

afterEach(() => machine?.remove())

afterAll(() => rm(debian, { recursive: true, force: true }))

describe('from nothing to a paid order on a minimal Debian with Node', () => {
  it('as root', async () => {
    machine = await makeMachine(debian, { node: 20, user: 'root', folder: '/root/portico', namespaces: true })
    expect(await paidOrder(await machine.start())).toMatchObject({ status: 'paid' })
    expect(machine.output()).toMatch(/libatomic\.so\.1, which this machine lacks[\s\S]*apt-get install .*libatomic1/)
  })

  it('as root of a container that forbids user namespaces', async () => {
    machine = await makeMachine(debian, { node: 22, user: 'root', folder: '/srv/portico', namespaces: false })
    expect(await paidOrder(await machine.start())).toMatchObject({ status: 'paid' })
    const data = join(machine.root, '/srv/portico/.portico/data/nobody')
    for (const name of ['mongodb', 'postgres', 'mysql', 'redis-payment', 'redis-bus'])
      expect((await stat(join(data, name))).uid, name).toBe(65534)
  })

  it('as a user without any rights, in a folder with a space in its name', async () => {
    machine = await makeMachine(debian, { node: 20, user: 'ada', folder: '/home/ada/my portico', namespaces: true })
    expect(await paidOrder(await machine.start())).toMatchObject({ status: 'paid' })
    expect(machine.output()).toContain("unpacking Debian's package libatomic1")
  })
})
