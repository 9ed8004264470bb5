import { METHODS } from 'node:http'
import type { PluginEntity, Route } from '../entities.ts'
import { suggest } from '../spelling.ts'
import { doubt, type Lint, lint, type Whole } from './lint.ts'

const kindsOf = ({ methods, hosts, headers, snis, paths }: Route): number =>
  [methods, hosts, headers && Object.keys(headers), snis, paths].filter((kind) => (kind ?? []).length > 0).length

/** What a request must be like to match, as a text that is the same for equal routes. */
const predicatesOf = ({ methods, hosts, headers, snis, paths, regex_priority }: Route): string => {
  const sorted = (list: readonly string[] | null) => (list && list.length > 1 ? [...list].sort() : (list ?? []))
  const names = Object.entries(headers ?? {}).map(([name, values]) => [name.toLowerCase(), sorted(values)])
  return JSON.stringify([sorted(methods), sorted(hosts), names.sort(), sorted(snis), sorted(paths), regex_priority])
}

/** The routes with the predicates of one before them, and that one. */
const repeatedRoutes = (whole: Whole): ReadonlyMap<Route, Route> =>
  whole.note('repeated routes', () => {
    const firsts = new Map<string, Route>()
    const repeated = new Map<Route, Route>()
    for (const route of whole.of('routes')) {
      const predicates = predicatesOf(route)
      const first = firsts.get(predicates)
      if (first) repeated.set(route, first)
      else firsts.set(predicates, route)
    }
    return repeated
  })

const corsInstances = (whole: Whole): readonly PluginEntity[] =>
  whole.note('cors', () => whole.of('plugins').filter(({ name, enabled }) => name === 'cors' && enabled))

const appliesTo = ({ route, service }: PluginEntity, target: Route): boolean =>
  (route === null || route.id === target.id) && (service === null || service.id === target.service?.id)

export const routeLints: readonly Lint[] = [
  lint({
    on: 'routes',
    about: 'a route without a name: its id, and with it ties and counters, changes at every load',
    find: ({ name }, { raw }) =>
      name === null && raw.id === undefined
        ? doubt(undefined, 'without a name its id changes at every load, and with it counters and ties between routes')
        : undefined,
  }),
  lint({
    on: 'routes',
    about: 'two routes with the very same predicates: the greater id wins',
    find: (route, _node, whole) => {
      const first = repeatedRoutes(whole).get(route)
      if (!first) return undefined
      return doubt(undefined, `matches just what route '${first.name ?? first.id}' matches: the greater id wins`)
    },
  }),
  lint({
    on: 'routes',
    about: '`path_handling: v1`, which has no effect with this router flavour',
    find: ({ path_handling }) =>
      path_handling === 'v1' ? doubt('path_handling', "'v1' has no effect with this router") : undefined,
  }),
  lint({
    on: 'routes',
    about: "`regex_priority` outside 0 to 4095: Kong's router computes with 32 bits there",
    find: ({ regex_priority }) =>
      regex_priority < 0 || regex_priority >= 4096
        ? doubt('regex_priority', 'Kong orders routes reliably by values from 0 to 4095 only')
        : undefined,
  }),
  lint({
    on: 'routes',
    about: 'four or more kinds of predicates: the finer order of such routes is not stable in Kong itself',
    find: (route) =>
      kindsOf(route) >= 4
        ? doubt(undefined, 'with four kinds of predicates or more its rank among others is not stable in Kong')
        : undefined,
  }),
  lint({
    on: 'routes',
    about: 'a method that HTTP does not have: Kong takes any upper-case word',
    find: ({ methods }) => {
      const method = methods?.find((each) => !METHODS.includes(each))
      if (method === undefined) return undefined
      const right = suggest(method, METHODS)
      return doubt(
        'methods',
        `'${method}' is no method of HTTP${right === undefined ? '' : `; did you mean '${right}'?`}`,
      )
    },
  }),
  lint({
    on: 'routes',
    about: 'a host with upper-case letters: clients send lower-case ones, and Kong compares as written',
    find: ({ hosts }) => {
      const host = hosts?.find((each) => /[A-Z]/.test(each))
      return host === undefined ? undefined : doubt('hosts', `'${host}' never matches: clients send lower-case names`)
    },
  }),
  lint({
    on: 'routes',
    about: 'a regular expression that does not end in `$`: it matches whatever begins so',
    find: ({ paths }) => {
      const open = paths?.find((path) => path.startsWith('~') && !/(?:\$|\.\*|\/)\)*$/.test(path))
      return open === undefined ? undefined : doubt('paths', `'${open}' matches whatever begins so: end it with '$'`)
    },
  }),
  lint({
    on: 'routes',
    about: 'a prefix that ends in `/`: it does not match the path without it',
    find: ({ paths }) => {
      const path = paths?.find((each) => /^\/.*[^/]\/$/.test(each) && !paths.includes(each.slice(0, -1)))
      return path === undefined ? undefined : doubt('paths', `'${path}' does not match '${path.slice(0, -1)}'`)
    },
  }),
  lint({
    on: 'routes',
    about: '`methods` without OPTIONS where cors applies: preflights answer 404',
    find: (route, _node, whole) => {
      if (!route.methods || route.methods.length === 0 || route.methods.includes('OPTIONS')) return undefined
      return corsInstances(whole).some((plugin) => appliesTo(plugin, route))
        ? doubt('methods', "preflights answer 404, cors notwithstanding: 'OPTIONS' is missing")
        : undefined
    },
  }),
]
