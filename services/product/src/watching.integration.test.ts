import { type Client, credentials, loadPackageDefinition, Metadata, status as Status } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { catalogueService, protoRoot } from '@portico/contracts'
import { createLog, createMetrics, newId } from '@portico/service-kit'
import type { GrpcServer } from '@portico/service-kit/grpc'
import type { KyselyPlugin } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProductGrpc } from './grpc.ts'
import { keyOf, newAttempt, openTestShop, type TestShop } from './test-shop.ts'
import { StockWatch } from './watching.ts'

interface Change {
  readonly productId: string
  readonly available: number
}
type Stream = AsyncIterable<Change> & { cancel(): void; on(event: string, listener: () => void): void }
type Catalogue = Client & { watchStock(request: object, metadata?: Metadata): Stream }

const LIMITS = { streams: 250, streamsPerPeer: 5 }
const log = createLog('test', 'silent')

let shop: TestShop
let server: GrpcServer
let client: Catalogue
let queries = 0

/** Counts the queries that pass through it to the real database. */
const counter: KyselyPlugin = {
  transformQuery: ({ node }) => {
    queries += 1
    return node
  },
  transformResult: async ({ result }) => result,
}

beforeAll(async () => {
  shop = await openTestShop()
  server = createProductGrpc({
    db: shop.db.withPlugin(counter),
    authentication: shop.authentication,
    log,
    metrics: createMetrics('product'),
    accepting: () => true,
    watch: LIMITS,
  })
  const file = loadPackageDefinition(loadSync(catalogueService.proto, { includeDirs: [protoRoot], longs: Number }))
  const { v1 } = (file as unknown as { portico: { catalogue: { v1: { Catalogue: typeof Client } } } }).portico.catalogue
  const address = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`
  client = new v1.Catalogue(address, credentials.createInsecure()) as Catalogue
})
afterAll(async () => {
  client.close()
  await server.close()
  await shop.close()
})

/** Opens a stream as the gateway passes it on for a client address. */
function open(productIds: readonly string[], from = '203.0.113.1') {
  const metadata = new Metadata()
  metadata.set('x-real-ip', from)
  const stream = client.watchStock({ productIds }, metadata)
  const told: number[] = []
  const ended = (async () => {
    for await (const { available } of stream) told.push(available)
  })().then(
    () => Status.OK,
    ({ code }: { code: Status }) => code,
  )
  return { told, ended, close: () => stream.cancel() }
}

const hold = (productId: string, quantity: number) => shop.hold(keyOf(newAttempt()), [{ productId, quantity }])

it('streams what is available now and each change of it, until the client goes', async () => {
  const { id } = await shop.newProduct()
  const { told, ended, close } = open([id, id])
  await expect.poll(() => told, { timeout: 10_000 }).toEqual([10])
  await hold(id, 4)
  await expect.poll(() => told, { timeout: 10_000 }).toEqual([10, 6])
  close()
  expect(await ended).toBe(Status.CANCELLED)
  expect(await open([newId()]).ended).toBe(Status.NOT_FOUND)
})

it('needs one query per tick for 200 streams of different products', async () => {
  const products = await Promise.all(Array.from({ length: 20 }, () => shop.newProduct()))
  const streams = Array.from({ length: 200 }, (_, index) =>
    open([products[index % products.length]?.id ?? ''], `203.0.113.${1 + (index % 50)}`),
  )
  await expect.poll(() => streams.every(({ told }) => told.length === 1), { timeout: 20_000 }).toBe(true)
  const startedAt = performance.now()
  queries = 0
  await hold(products[0]?.id ?? '', 3)
  const watching = streams.filter((_, index) => index % products.length === 0)
  await expect.poll(() => watching.every(({ told }) => told[1] === 7), { timeout: 20_000 }).toBe(true)
  // The readiness check of the server makes one query per second besides.
  const seconds = (performance.now() - startedAt) / 1000
  expect(queries).toBeLessThanOrEqual(2 + Math.ceil(seconds * 3))
  for (const { close } of streams) close()
  await Promise.all(streams.map(({ ended }) => ended))
})

it('refuses streams beyond the limit per client, and serves other clients', async () => {
  const { id } = await shop.newProduct()
  const streams = Array.from({ length: LIMITS.streamsPerPeer }, () => open([id]))
  await expect.poll(() => streams.every(({ told }) => told.length === 1), { timeout: 10_000 }).toBe(true)
  expect(await open([id]).ended).toBe(Status.RESOURCE_EXHAUSTED)
  const other = open([id], '203.0.113.2')
  await expect.poll(() => other.told, { timeout: 10_000 }).toEqual([10])
  streams[0]?.close()
  await streams[0]?.ended
  const replacement = open([id])
  await expect.poll(() => replacement.told, { timeout: 10_000 }).toEqual([10])
  const all = [...streams, other, replacement]
  for (const { close } of all) close()
  await Promise.all(all.map(({ ended }) => ended))
})

it('refuses streams beyond the limit on all clients together', async () => {
  const { id } = await shop.newProduct()
  const streams = Array.from({ length: LIMITS.streams }, (_, index) => open([id], `198.51.100.${index % 50}`))
  await expect.poll(() => streams.every(({ told }) => told.length === 1), { timeout: 20_000 }).toBe(true)
  expect(await open([id], '203.0.113.99').ended).toBe(Status.RESOURCE_EXHAUSTED)
  for (const { close } of streams) close()
  await Promise.all(streams.map(({ ended }) => ended))
})

it('keeps only the latest value of each product for a reader that falls behind', async () => {
  const { id } = await shop.newProduct()
  const watch = new StockWatch(shop.db, LIMITS, log)
  const gone = new AbortController()
  const slow = watch.watch([id], { peer: 'slow', signal: gone.signal })
  const fast = watch.watch([id], { peer: 'fast', signal: gone.signal })
  expect((await slow.next()).value).toMatchObject({ available: 10 })
  expect((await fast.next()).value).toMatchObject({ available: 10 })
  for (const available of [9, 8, 7]) {
    await hold(id, 1)
    expect((await fast.next()).value).toMatchObject({ available })
  }
  expect((await slow.next()).value).toMatchObject({ available: 7 })
  gone.abort()
  expect(await Promise.all([slow.next(), fast.next()])).toMatchObject([{ done: true }, { done: true }])
})
