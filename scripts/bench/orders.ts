import { loadavg } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { hint } from '../command-line/hint.ts'
import { UserError } from '../command-line/user-error.ts'
import type { Home } from '../home.ts'
import { findDatabaseUrl } from '../shop/running-url.ts'
import { readRunFile } from '../supervisor/run-file.ts'
import { measureBareMysql } from './bare-mysql.ts'
import { costOf, readCpu } from './cpu.ts'
import { type Customer, newCustomers } from './customers.ts'

export interface OrdersOptions {
  readonly seconds: number
  /** Orders are placed for so long before it is measured: programs get faster while they run. */
  readonly warmUpSeconds: number
  readonly customers: number
}

const IDLE_ORDERS = 40
const BARE_SECONDS = 3
const PAID_WITHIN_MS = 120_000

/** Measures the running shop from outside, as its customers meet it, and prints what it found. */
export async function benchOrders(home: Home, options: OrdersOptions): Promise<void> {
  const { seconds, warmUpSeconds, customers: count } = options
  const processes = readRunFile(home.runFile)?.processes ?? []
  const port = processes.find(({ name }) => name === 'gateway')?.ports[0]
  if (port === undefined) throw new UserError(`No shop runs in ${home.root}. Start it first: ${hint(home, 'start')}`)
  const away = processes.filter(({ health }) => health !== 'ready').map(({ name }) => name)
  if (away.length > 0)
    throw new UserError(`Not everything is ready yet: ${away.join(', ')}. See ${hint(home, 'status')}`)
  const say = (label: string, value: string) => console.log(`  ${label.padEnd(34)} ${value}`)
  console.log(`Orders through the gateway: ${count} customers, ${seconds} s (load average ${loadavg()[0]?.toFixed(1)})`)
  const customers = await newCustomers(`http://127.0.0.1:${port}`, count)
  const products = await productsOf(customers[0] as Customer)

  await placeForSeconds(customers, products, warmUpSeconds)
  await allPaid(customers)
  const idle = await measureIdle(customers[0] as Customer, products)
  say('placed to paid, one at a time', `${quantiles(idle)} ms`)

  const before = readCpu(processes)
  const own = process.cpuUsage()
  const startedAt = performance.now()
  const answers = await placeForSeconds(customers, products, seconds)
  const placedMs = performance.now() - startedAt
  await allPaid(customers)
  const paidMs = performance.now() - startedAt
  const orders = answers.filter(({ status }) => status === 201).length
  const cost = costOf(before, readCpu(processes), orders)
  const rate = orders / (placedMs / 1000)
  say('orders', `${orders} placed, ${answers.length - orders} refused`)
  say('placed', `${rate.toFixed(0)} a second, ${quantiles(answers.map(({ ms }) => ms))} ms each`)
  say('paid, until the last', `${(orders / (paidMs / 1000)).toFixed(0)} a second`)
  say('CPU of the shop', `${cost.reduce((sum, [, ms]) => sum + ms, 0).toFixed(2)} ms an order`)
  for (const [name, ms] of cost) say(`  ${name}`, `${ms.toFixed(2)} ms`)
  const { user, system } = process.cpuUsage(own)
  say('  (the customers themselves)', `${((user + system) / 1000 / orders).toFixed(2)} ms`)

  const bare = await measureBareMysql(findDatabaseUrl(home, 'order', 'MYSQL_URL'), BARE_SECONDS)
  say('bare MySQL, equal transactions', `${bare.toFixed(0)} a second; the shop makes ${(rate / bare).toFixed(2)} of it`)
  say(
    'load average',
    loadavg()
      .map((load) => load.toFixed(1))
      .join(' '),
  )
}

async function productsOf(customer: Customer): Promise<string[]> {
  const { body } = await customer.call('GET', '/v1/products?limit=100')
  const items = (body.items ?? []) as { id: string; available: number }[]
  const ids = items.filter(({ available }) => available > 0).map(({ id }) => id)
  if (ids.length === 0) throw new UserError('The catalogue has nothing in stock: npm run seed')
  return ids
}

const pick = (ids: readonly string[]): string => ids[Math.floor(Math.random() * ids.length)] ?? ''

/** Orders one after another. @returns milliseconds from sending each to seeing it paid */
async function measureIdle(customer: Customer, products: readonly string[]): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < IDLE_ORDERS; i += 1) {
    const startedAt = performance.now()
    const { status, body } = await customer.place(pick(products))
    if (status !== 201) throw new Error(`an order was answered ${status}`)
    while ((await customer.call('GET', `/v1/orders/${body.id}`)).body.status !== 'paid') {
      if (performance.now() - startedAt > PAID_WITHIN_MS) throw new Error(`order ${body.id} is not paid`)
      await wait(2)
    }
    times.push(performance.now() - startedAt)
  }
  return times
}

async function placeForSeconds(customers: readonly Customer[], products: readonly string[], seconds: number) {
  const until = performance.now() + seconds * 1000
  const answers: { status: number; ms: number }[] = []
  await Promise.all(
    customers.map(async (customer) => {
      while (performance.now() < until) {
        const startedAt = performance.now()
        const { status } = await customer.place(pick(products))
        answers.push({ status, ms: performance.now() - startedAt })
      }
    }),
  )
  return answers
}

async function allPaid(customers: readonly Customer[]): Promise<void> {
  const deadline = performance.now() + PAID_WITHIN_MS
  for (const customer of customers) {
    for (;;) {
      const { body } = await customer.call('GET', '/v1/orders?status=pending&limit=1')
      if ((body.items as unknown[] | undefined)?.length === 0) break
      if (performance.now() > deadline) throw new Error('not every order was paid in time')
      await wait(50)
    }
  }
}

function quantiles(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0)
  return `${at(0.5)} median, ${at(0.99)} at 99 %`
}
