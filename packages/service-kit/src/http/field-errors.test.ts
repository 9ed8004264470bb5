import { defineRoute } from '@portico/contracts'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { createApp } from './app.ts'
import { implement } from './implement.ts'

const route = defineRoute({
  ...{ id: 'put', method: 'POST', path: '/things', access: 'public', summary: 'Takes things', errors: [] },
  body: z.strictObject({ names: z.array(z.string().regex(/^a+$/)).optional(), kind: z.enum(['a', 'b']).optional() }),
  replies: { 204: null },
})

interface Refusal {
  readonly detail?: string
  readonly errors: readonly { readonly field: string; readonly message: string }[]
}

async function refusalOf(body: unknown): Promise<{ text: string; refusal: Refusal }> {
  const app = createApp({
    ...{ service: 'test', version: '1', log: createLog('test', 'silent'), metrics: createMetrics('test') },
    ...{ routes: [], required: {}, accepting: () => true },
  })
  implement(app, { authenticate: async () => undefined }, route, async () => ({ status: 204 }))
  const headers = { 'content-type': 'application/json' }
  const response = await app.request('/things', { method: 'POST', headers, body: JSON.stringify(body) })
  expect(response.status).toBe(400)
  const text = await response.text()
  return { text, refusal: JSON.parse(text) as Refusal }
}

it('lists the first twenty of a megabyte of unknown keys, and says how many more there are', async () => {
  const body = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`key-${i}`, 1]))
  const { text, refusal } = await refusalOf(body)
  expect(text.length).toBeLessThan(10_000)
  expect(refusal.errors).toHaveLength(20)
  expect(refusal.errors[0]).toEqual({ field: 'key-0', message: 'is not a field of this request' })
  expect(refusal.detail).toBe('59980 more invalid fields are not listed.')
})

it('lists the first twenty of many wrong values', async () => {
  const { refusal } = await refusalOf({ names: Array.from({ length: 30 }, () => 'b'), x: 1 })
  expect(refusal.errors.map(({ field }) => field)).toEqual(Array.from({ length: 20 }, (_, i) => `names.${i}`))
  expect(refusal.detail).toBe('11 more invalid fields are not listed.')
})

it('shortens names that the client made long', async () => {
  const { text, refusal } = await refusalOf({ ['x'.repeat(900_000)]: 1 })
  expect(text.length).toBeLessThan(1000)
  expect(refusal.errors[0]?.field).toMatch(/^x{99}…$/)
  expect(refusal.detail).toBeUndefined()
})

it('lists every wrong field where they are few', async () => {
  const { refusal } = await refusalOf({ kind: 'c', more: 1 })
  expect(refusal.errors.map(({ field }) => field).sort()).toEqual(['kind', 'more'])
  expect(refusal.detail).toBeUndefined()
})
