import type { Gateway } from '../gateway.ts'
import { type AdminAnswer, methodNotAllowed, notFound } from './answer.ts'
import type { AdminRequest } from './request.ts'

export interface Call {
  readonly gateway: Gateway
  readonly request: AdminRequest
  /** What stands in the path for each `:name`. */
  readonly parameters: Readonly<Record<string, string>>
}

export type Handler = (call: Call) => AdminAnswer | Promise<AdminAnswer>

/** A path and what may be done there. `:name` stands for one segment. */
export interface AdminRoute {
  readonly path: string
  readonly methods: Readonly<Record<string, Handler>>
}

interface Entry {
  readonly segments: readonly string[]
  readonly route: AdminRoute
}

/** Finds the handler of a request among the paths of the Admin API. */
export class AdminRoutes {
  readonly #entries: readonly Entry[]

  constructor(routes: readonly AdminRoute[]) {
    this.#entries = routes.map((route) => ({
      route,
      segments: route.path
        .split('/')
        .slice(1)
        .filter((s) => s !== ''),
    }))
  }

  async handle(gateway: Gateway, request: AdminRequest): Promise<AdminAnswer> {
    const found = this.#find(request.segments)
    if (!found) return notFound
    const { methods } = found.route
    if (request.method === 'OPTIONS') return describeMethods(methods, request)
    const handler = methods[request.method] ?? (request.method === 'HEAD' ? methods.GET : undefined)
    return handler ? handler({ gateway, request, parameters: found.parameters }) : methodNotAllowed
  }

  /** A literal path comes before one with parameters. */
  #find(path: readonly string[]): { route: AdminRoute; parameters: Record<string, string> } | undefined {
    let best: { route: AdminRoute; parameters: Record<string, string> } | undefined
    for (const { segments, route } of this.#entries) {
      if (segments.length !== path.length) continue
      const parameters = bind(segments, path)
      if (!parameters) continue
      if (!best || Object.keys(parameters).length < Object.keys(best.parameters).length) best = { route, parameters }
    }
    return best
  }
}

function bind(pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {}
  for (const [i, segment] of pattern.entries()) {
    const given = path[i] ?? ''
    if (segment.startsWith(':') && given !== '') parameters[segment.slice(1)] = given
    else if (segment !== given) return undefined
  }
  return parameters
}

function describeMethods(methods: AdminRoute['methods'], { headers }: AdminRequest): AdminAnswer {
  const names = new Set([...Object.keys(methods), 'OPTIONS', ...(methods.GET ? ['HEAD'] : [])])
  const allow = [...names].sort().join(', ')
  const asked = headers['access-control-request-headers']
  const preflight = headers.origin !== undefined && headers['access-control-request-method'] !== undefined
  return {
    status: 204,
    headers: {
      Allow: allow,
      ...(preflight && { 'Access-Control-Allow-Methods': allow }),
      ...(preflight && asked !== undefined && { 'Access-Control-Allow-Headers': asked }),
    },
  }
}
