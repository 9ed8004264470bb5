import { errors, problem, type Route } from '@portico/contracts'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'

/** The OpenAPI 3.1 document of a set of routes. */
export function openApiDocument(title: string, version: string, routes: readonly Route[]): object {
  const paths: ZodOpenApiPathsObject = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title, version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  })
}

function operation(route: Route): ZodOpenApiOperationObject {
  const parameters = {
    ...(route.params && { path: route.params }),
    ...(route.query && { query: route.query }),
    ...(route.headers && { header: route.headers }),
  }
  return {
    operationId: route.id,
    summary: route.summary,
    ...(Object.keys(parameters).length > 0 && { requestParams: parameters }),
    ...(route.body && { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
    ...(route.access !== 'public' && { security: [{ bearer: [] }] }),
    responses: { ...replies(route), ...refusals(route) },
  }
}

function replies(route: Route) {
  return Object.fromEntries(
    Object.entries(route.replies).map(([status, schema]) => [
      status,
      { description: route.summary, ...(schema && { content: { 'application/json': { schema } } }) },
    ]),
  )
}

/** Every status that the route's errors have, with the codes behind it. */
function refusals(route: Route) {
  const codes = [
    ...route.errors,
    'unavailable' as const,
    ...(route.body ? (['payload_too_large', 'unsupported_media_type'] as const) : []),
    ...(route.access === 'public' ? [] : (['unauthenticated'] as const)),
    ...(route.access === 'admin' || typeof route.access === 'object' ? (['forbidden'] as const) : []),
  ]
  const byStatus = Map.groupBy(codes, (code) => errors[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      String(status),
      {
        description: [...new Set(list)].map((code) => errors[code].title).join('; '),
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  )
}
