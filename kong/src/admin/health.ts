/** Health of upstreams and their targets: seen and set. Source: Kong 3.9, kong/api/routes/upstreams.lua and health.lua. */
import type { TargetView, UpstreamView } from '../balancer/health/view.ts'
import type { UpstreamBalancer } from '../balancer/upstream-balancer.ts'
import type { Target } from '../config/entities.ts'
import { type AdminAnswer, message, noContent, notFound, ok } from './answer.ts'
import { shownCollection } from './collections.ts'
import { findEntity } from './look-up.ts'
import type { AdminRoute, Call } from './routes.ts'
import { targetsOf as targetsIn } from './targets.ts'

type Health = 'HEALTHY' | 'UNHEALTHY' | 'HEALTHCHECKS_OFF' | 'DNS_ERROR'

const TARGET = '/upstreams/:parent/targets/:target'

export const healthRoutes: readonly AdminRoute[] = [
  { path: '/upstreams/:parent/health', methods: { GET: showHealth } },
  { path: `${TARGET}/healthy`, methods: { PUT: (call) => setHealth(call, true) } },
  { path: `${TARGET}/unhealthy`, methods: { PUT: (call) => setHealth(call, false) } },
  { path: `${TARGET}/:address/healthy`, methods: { PUT: (call) => setHealth(call, true) } },
  { path: `${TARGET}/:address/unhealthy`, methods: { PUT: (call) => setHealth(call, false) } },
]

function findBalancer({ gateway, parameters }: Call): UpstreamBalancer | undefined {
  const upstreams = shownCollection('upstreams')
  const found = upstreams && findEntity(gateway.configuration, upstreams, parameters.parent ?? '')
  return found && gateway.line.balancers.upstreams.get(found.id)
}

const targetsOf = ({ gateway }: Call, balancer: UpstreamBalancer): Target[] =>
  targetsIn(gateway, balancer.upstream.id) as unknown as Target[]

function showHealth(call: Call): AdminAnswer {
  const balancer = findBalancer(call)
  if (!balancer) return notFound
  const view = balancer.view()
  const node = { next: null, node_id: call.gateway.worker.nodeId }
  if (call.request.query.get('balancer_health') === '1') {
    return ok({ data: describeUpstream(balancer, view), ...node })
  }
  const data = targetsOf(call, balancer).map((target) => ({ ...target, ...describeTarget(target, view) }))
  return ok({ data, ...node })
}

function describeUpstream({ upstream }: UpstreamBalancer, { healthy, watched, weight, hosts }: UpstreamView): object {
  const balancerHealth: Health = healthy ? 'HEALTHY' : 'UNHEALTHY'
  const described = hosts.map(({ dnsFailed, ...host }) => host)
  return {
    id: upstream.id,
    health: watched ? balancerHealth : 'HEALTHCHECKS_OFF',
    balancer_health: balancerHealth,
    // Kong writes an empty list as an empty object.
    details: { healthy, weight, hosts: described.length === 0 ? {} : described },
  }
}

function describeTarget({ target }: Target, { watched, hosts }: UpstreamView): object {
  const host = hosts.find((each) => `${each.host}:${each.port}` === target || `[${each.host}]:${each.port}` === target)
  if (!host) return { health: 'HEALTHCHECKS_OFF', data: {} }
  const healthOf = (healthy: boolean): Health => (watched ? (healthy ? 'HEALTHY' : 'UNHEALTHY') : 'HEALTHCHECKS_OFF')
  const { dnsFailed, addresses, ...rest } = host
  const shown = addresses.map(({ healthy, ...address }) => ({
    ...address,
    health: weighted(address, healthOf(healthy)),
  }))
  return { health: dnsFailed ? 'DNS_ERROR' : overall(host, watched, healthOf), data: { ...rest, addresses: shown } }
}

/** What is never chosen is never checked. */
const weighted = ({ weight }: { weight: number }, health: Health): Health =>
  weight === 0 ? 'HEALTHCHECKS_OFF' : health

function overall({ addresses }: TargetView, watched: boolean, healthOf: (healthy: boolean) => Health): Health {
  if (!watched || addresses.every(({ weight }) => weight === 0)) return 'HEALTHCHECKS_OFF'
  return healthOf(addresses.some(({ healthy }) => healthy))
}

function setHealth(call: Call, healthy: boolean): AdminAnswer {
  const balancer = findBalancer(call)
  const given = call.parameters.target
  const target = balancer && targetsOf(call, balancer).find(({ id, target: name }) => id === given || name === given)
  if (!balancer || !target) return notFound
  const colon = target.target.lastIndexOf(':')
  const place = { host: target.target.slice(0, colon), port: Number(target.target.slice(colon + 1)) }
  const done = balancer.setHealth(place, healthy, call.parameters.address)
  return done ? noContent : message(400, `no healthchecker found for ${balancer.upstream.name}`)
}
