import { defineRoute, page } from '@portico/contracts'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { openApiDocument } from './openapi.ts'

const route = {
  access: 'public',
  summary: 'Does a thing',
  replies: { 204: null },
  errors: ['invalid_request'],
} as const
const operationOf = (each: Parameters<typeof openApiDocument>[2][number]) => {
  const { paths } = openApiDocument('test', '1', [each]) as {
    paths: Record<string, Record<string, { responses: object; parameters: { name: string; schema: object }[] }>>
  }
  return paths['/things']?.[each.method.toLowerCase()]
}

it('says that a route with a body refuses another media type and too large a body', () => {
  const body = z.strictObject({ name: z.string() })
  const posted = operationOf(defineRoute({ ...route, id: 'make', method: 'POST', path: '/things', body }))
  expect(Object.keys(posted?.responses ?? {})).toEqual(['204', '400', '413', '415', '503'])
  const got = operationOf(defineRoute({ ...route, id: 'read', method: 'GET', path: '/things' }))
  expect(Object.keys(got?.responses ?? {})).toEqual(['204', '400', '503'])
})

it('says how large a page may be', () => {
  const query = z.object(page)
  const list = operationOf(defineRoute({ ...route, id: 'list', method: 'GET', path: '/things', query }))
  const limit = list?.parameters.find(({ name }) => name === 'limit')
  expect(limit?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 100 })
})
