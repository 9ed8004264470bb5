import { useQuery } from '@tanstack/react-query'
import { readGateway } from '../api/operations.ts'
import { Part } from '../parts/part.tsx'
import { Badge } from '../parts/status.tsx'
import { Table } from '../parts/table.tsx'
import { useTitle } from '../parts/use-title.ts'

const POLL_MS = 10_000

export function Gateway() {
  useTitle('Gateway')
  const query = useQuery({
    queryKey: ['mine', 'gateway'],
    queryFn: ({ signal }) => readGateway(signal),
    refetchInterval: POLL_MS,
  })
  return (
    <div className="stack">
      <h1 tabIndex={-1}>Gateway</h1>
      <p>What is in force at this moment. To change it, edit kong.yml.</p>
      <Part title="Targets" failure="The gateway's state could not be loaded." query={query}>
        {({ upstreams, version, configurationHash }) => (
          <>
            <p className="small soft">
              Kong {version}, configuration <span className="id">{configurationHash}</span>
            </p>
            <Table
              caption="Targets and their health"
              rows={upstreams.flatMap(({ name, targets }) => targets.map((target) => ({ upstream: name, ...target })))}
              keyOf={({ upstream, target }) => `${upstream} ${target}`}
              empty="There are no upstreams."
              columns={[
                { name: 'Upstream', cell: ({ upstream }) => upstream },
                { name: 'Target', cell: ({ target }) => <code>{target}</code> },
                { name: 'Weight', number: true, cell: ({ weight }) => weight },
                { name: 'Health', cell: ({ health }) => <TargetHealth health={health} /> },
              ]}
            />
          </>
        )}
      </Part>
      {query.data && (
        <>
          <section className="part card stack" aria-labelledby="routes">
            <h2 id="routes">Routes</h2>
            <Table
              caption="All routes"
              rows={query.data.routes}
              keyOf={({ name }) => name}
              empty="There are no routes."
              columns={[
                { name: 'Route', cell: ({ name }) => name },
                { name: 'Service', cell: ({ service }) => service ?? '–' },
                { name: 'Methods', long: true, cell: ({ methods }) => methods.join(' ') || 'all' },
                { name: 'Paths', long: true, cell: ({ paths }) => <code>{paths.join(' ')}</code> },
                { name: 'Plugins', long: true, cell: ({ plugins }) => plugins.join(', ') || '–' },
                { name: 'Limit', cell: ({ limit }) => limit ?? '–' },
              ]}
            />
          </section>
          <section className="part card stack" aria-labelledby="plugins">
            <h2 id="plugins">Plugins</h2>
            <Table
              caption="All plugins"
              rows={query.data.plugins}
              keyOf={({ name, scope }) => `${name} ${scope}`}
              empty="There are no plugins."
              columns={[
                { name: 'Plugin', cell: ({ name }) => name },
                { name: 'Of', cell: ({ scope }) => scope },
                { name: 'State', cell: ({ enabled }) => (enabled ? 'on' : 'off') },
              ]}
            />
          </section>
          <section className="part card stack" aria-labelledby="services">
            <h2 id="services">Services</h2>
            <Table
              caption="All services"
              rows={query.data.services}
              keyOf={({ name }) => name}
              empty="There are no services."
              columns={[
                { name: 'Service', cell: ({ name }) => name },
                { name: 'Address', cell: ({ address }) => <code>{address}</code> },
                { name: 'Retries', number: true, cell: ({ retries }) => retries },
                { name: 'State', cell: ({ enabled }) => (enabled ? 'on' : 'off') },
              ]}
            />
          </section>
        </>
      )}
    </div>
  )
}

function TargetHealth({ health }: { readonly health: string }) {
  if (health === 'HEALTHY') return <Badge tone="good">Healthy</Badge>
  if (health === 'HEALTHCHECKS_OFF') return <Badge tone="over">Not checked</Badge>
  return <Badge tone="bad">{health === 'DNS_ERROR' ? 'Name not found' : 'Unhealthy'}</Badge>
}
