interface Response {
  readonly description: string
  readonly content?: Readonly<Record<string, unknown>>
}
type Operation = { readonly responses: Readonly<Record<string, Response>> } & Readonly<Record<string, unknown>>
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

/** The OpenAPI document of a service. */
export interface Document {
  readonly paths: Paths
  readonly components: { readonly schemas?: object; readonly securitySchemes?: object }
}

/** What Kong answers by itself: no token or a bad one, too large a body, too many requests. */
const ofKong = ['401', '413', '429']
const message = {
  'application/json': {
    schema: { type: 'object', properties: { message: { type: 'string' }, exp: { type: 'string' } } },
  },
}

/**
 * What clients see of the services at the gateway: their documents together, without what is internal, and with Kong's
 * own answers. Of a path that two services have, the later one's counts.
 */
export function gatewayDocument(documents: readonly Document[]): object {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const [path, operations] of documents.flatMap((document) => Object.entries(document.paths))) {
    if (path.startsWith('/internal/')) continue
    for (const [method, operation] of Object.entries(operations))
      paths[path] = { ...paths[path], [method]: withKong(operation) }
  }
  const schemas = Object.assign({}, ...documents.map(({ components }) => components.schemas))
  const securitySchemes = documents[0]?.components.securitySchemes
  return {
    openapi: '3.1.0',
    info: { title: 'Portico', version: '1' },
    paths,
    components: { schemas, securitySchemes },
  }
}

function withKong(operation: Operation): Operation {
  const added = ofKong.map((status) => {
    const known = operation.responses[status]
    return [status, { description: 'The gateway', ...known, content: { ...known?.content, ...message } }]
  })
  return { ...operation, responses: { ...operation.responses, ...Object.fromEntries(added) } }
}
