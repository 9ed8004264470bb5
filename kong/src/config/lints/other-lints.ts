import { suggest } from '../spelling.ts'
import { doubt, type Lint, lint } from './lint.ts'

/** Comparing every wrong host with every upstream of a very large file would take minutes. */
const MOST_COMPARED = 200

export const otherLints: readonly Lint[] = [
  lint({
    on: 'services',
    about: 'a service without a name: its id changes at every load',
    find: ({ name }, { raw }) =>
      name === null && raw.id === undefined
        ? doubt(undefined, 'without a name its id changes at every load, and with it counters and ties between routes')
        : undefined,
  }),
  lint({
    on: 'services',
    about: 'a disabled service that has routes: they answer 404',
    find: ({ enabled, id }, _node, whole) =>
      !enabled && whole.of('routes').some(({ service }) => service?.id === id)
        ? doubt('enabled', 'its routes answer 404 while it is disabled')
        : undefined,
  }),
  lint({
    on: 'services',
    about: 'a host without a dot that is no upstream, in a file that has upstreams',
    find: ({ host }, { raw }, whole) => {
      if (/[.:]/.test(host) || host === 'localhost') return undefined
      const upstreams = whole.note('names of upstreams', () => new Set(whole.of('upstreams').map(({ name }) => name)))
      if (upstreams.size === 0 || upstreams.has(host)) return undefined
      const right = upstreams.size > MOST_COMPARED ? undefined : suggest(host, [...upstreams])
      const hint = right === undefined ? 'DNS has to resolve it where the gateway runs' : `did you mean '${right}'?`
      return doubt(raw.host === undefined ? 'url' : 'host', `'${host}' is no upstream of this file; ${hint}`)
    },
  }),
  lint({
    on: 'consumers',
    about: 'a consumer without a username: its id changes at every load',
    find: ({ username }, { raw }) =>
      username === null && raw.id === undefined
        ? doubt(undefined, 'without a username its id changes at every load')
        : undefined,
  }),
  lint({
    on: 'upstreams',
    about: 'passive health checks from which no target ever recovers',
    find: ({ healthchecks: { active, passive } }) => {
      const { http_failures, tcp_failures, timeouts } = passive.unhealthy
      const canFail = http_failures > 0 || tcp_failures > 0 || timeouts > 0
      if (!canFail || passive.healthy.successes > 0 || active.unhealthy.interval > 0) return undefined
      return doubt('healthchecks', 'a target found unhealthy stays so: nothing probes it, and no success counts')
    },
  }),
  lint({
    on: 'upstreams',
    about: 'active health checks of type `tcp`: Kong does not run them for HTTP',
    find: ({ healthchecks: { active } }) =>
      active.type === 'tcp' && (active.healthy.interval > 0 || active.unhealthy.interval > 0)
        ? doubt('healthchecks', "active checks of type 'tcp' are not run for HTTP traffic")
        : undefined,
  }),
  lint({
    on: 'upstreams',
    about: '`hash_on_header` with a dash: Kong never finds it, and one target gets everything',
    find: ({ hash_on, hash_on_header }) =>
      hash_on === 'header' && hash_on_header?.includes('-')
        ? doubt(
            'hash_on_header',
            `Kong never finds '${hash_on_header}': write '${hash_on_header.replaceAll('-', '_')}'`,
          )
        : undefined,
  }),
]
