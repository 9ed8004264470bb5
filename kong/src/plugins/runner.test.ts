import { describe, expect, it } from 'vitest'
import { Configuration } from '../config/configuration.ts'
import { record, string } from '../config/schema/field.ts'
import type { Exchange } from '../exchange.ts'
import { setEarlyHeader } from './early-headers.ts'
import type { Exit, Maybe, Plugin } from './plugin.ts'
import { createPluginRunner } from './runner.ts'
import { answerOf, testExchange, testInstance } from './testing/exchange.ts'

const schema = record({ mark: string() })

/** A plugin that writes down when it ran and for which instance. */
function recorder(name: string, priority: number, access?: (exchange: Exchange) => Maybe<Exit | undefined>): Plugin {
  const note = (exchange: Exchange, phase: string, config: unknown) => {
    const notes = (exchange.shared.get('notes') as string[] | undefined) ?? []
    exchange.shared.set('notes', [...notes, `${phase} ${name} ${(config as { mark?: string }).mark ?? ''}`.trim()])
  }
  return {
    name,
    priority,
    version: '1',
    schema,
    access(exchange, config) {
      note(exchange, 'access', config)
      return access?.(exchange)
    },
    headerFilter: (exchange, config) => note(exchange, 'filter', config),
    log: (exchange, config) => note(exchange, 'log', config),
  }
}

function setUp(plugins: readonly Plugin[], instances: readonly ReturnType<typeof testInstance>[]) {
  const configuration = new Configuration({ plugins: new Map(instances.map((entity) => [entity.id, entity])) })
  const runner = createPluginRunner(configuration, new Map(plugins.map((plugin) => [plugin.name, plugin])))
  const exchange = testExchange({ configuration })
  exchange.route = { id: 'route-1' } as Exchange['route']
  exchange.service = { id: 'service-1' } as Exchange['service']
  return { exchange, run: runner.forRequest(exchange), notes: () => exchange.shared.get('notes') ?? [] }
}

const becomes = (consumer: string) => (exchange: Exchange) => {
  exchange.consumer = { id: consumer } as Exchange['consumer']
  return undefined
}
const refusal: Exit = { kind: 'error', status: 401 }

describe('the order of plugins', () => {
  it('follows priority, and falling names where priorities tie', () => {
    const plugins = [recorder('a', 1), recorder('b', 2), recorder('c', 1)]
    const { run, notes } = setUp(
      plugins,
      plugins.map(({ name }) => testInstance(name, {})),
    )
    expect(run.access()).toBeUndefined()
    expect(notes()).toEqual(['access b', 'access c', 'access a'])
  })

  it('is kept when a plugin in the middle answers later', async () => {
    const plugins = [recorder('a', 3), recorder('b', 2, async () => undefined), recorder('c', 1, () => refusal)]
    const { run, notes } = setUp(
      plugins,
      plugins.map(({ name }) => testInstance(name, {})),
    )
    expect(await run.access()).toEqual(refusal)
    expect(notes()).toEqual(['access a', 'access b', 'access c'])
  })
})

describe('the choice of an instance', () => {
  const scopes = [
    { mark: 'route service consumer', route: 'route-1', service: 'service-1', consumer: 'alice' },
    { mark: 'route consumer', route: 'route-1', consumer: 'alice' },
    { mark: 'service consumer', service: 'service-1', consumer: 'alice' },
    { mark: 'route service', route: 'route-1', service: 'service-1' },
    { mark: 'consumer', consumer: 'alice' },
    { mark: 'route', route: 'route-1' },
    { mark: 'service', service: 'service-1' },
    { mark: 'global' },
  ]
  const instanceOf = ({ mark, route, service, consumer }: Partial<Record<string, string>>) =>
    testInstance(
      'p',
      { mark },
      {
        route: route ? { id: route } : null,
        service: service ? { id: service } : null,
        consumer: consumer ? { id: consumer } : null,
      },
    )

  it.each(scopes.map(({ mark }, i) => [mark, i] as const))('prefers %s over all wider scopes', (mark, i) => {
    const plugins = [recorder('auth', 2, becomes('alice')), recorder('p', 1)]
    const { run, notes } = setUp(plugins, [testInstance('auth', {}), ...scopes.slice(i).map(instanceOf)])
    run.access()
    expect(notes()).toEqual(['access auth', `access p ${mark}`])
  })

  it('knows no consumer before the plugin that finds one', () => {
    const plugins = [recorder('auth', 1, becomes('alice')), recorder('p', 2)]
    const { run, notes } = setUp(plugins, [
      testInstance('auth', {}),
      instanceOf({ mark: 'consumer', consumer: 'alice' }),
    ])
    run.access()
    expect(notes()).toEqual(['access auth'])
  })

  it('overlooks disabled instances and those for streams', () => {
    const { run, notes } = setUp(
      [recorder('p', 1)],
      [
        instanceOf({ mark: 'global' }),
        { ...instanceOf({ mark: 'route', route: 'route-1' }), enabled: false },
        { ...instanceOf({ mark: 'service', service: 'service-1' }), protocols: ['tcp', 'tls'] },
      ],
    )
    run.access()
    expect(notes()).toEqual(['access p global'])
  })

  it('takes the greater id where two have the same scope', () => {
    const low = { ...instanceOf({ mark: 'low' }), id: '1' }
    const high = { ...instanceOf({ mark: 'high' }), id: '2' }
    const { run, notes } = setUp([recorder('p', 1)], [high, low])
    run.access()
    expect(notes()).toEqual(['access p high'])
  })
})

describe('an exit', () => {
  it('ends access but not the filters and the log of the plugins after it', () => {
    const plugins = [recorder('a', 2, () => refusal), recorder('b', 1)]
    const { exchange, run, notes } = setUp(
      plugins,
      plugins.map(({ name }) => testInstance(name, {})),
    )
    expect(run.access()).toEqual(refusal)
    answerOf(exchange, 401)
    run.headerFilter()
    run.log()
    expect(notes()).toEqual(['access a', 'filter a', 'filter b', 'log a', 'log b'])
  })

  it('of a plugin that throws is an unexpected error', async () => {
    const failing = () => {
      throw new Error('broken')
    }
    for (const access of [failing, async () => failing()]) {
      const { run } = setUp([recorder('a', 1, access)], [testInstance('a', {})])
      expect(await run.access()).toEqual({ kind: 'error', status: 500, message: 'An unexpected error occurred' })
    }
  })
})

it('runs only global instances where there is no route', () => {
  const { exchange, run, notes } = setUp(
    [recorder('a', 2), recorder('b', 1)],
    [testInstance('a', {}), testInstance('b', {}, { route: { id: 'route-1' } })],
  )
  answerOf(exchange, 404)
  run.headerFilter()
  run.log()
  expect(notes()).toEqual(['filter a', 'log a'])
})

it('puts headers set in access before those of the upstream', () => {
  const early = (exchange: Exchange) => {
    setEarlyHeader(exchange, 'X-Left', '4')
    return undefined
  }
  const { exchange, run } = setUp([recorder('a', 1, early)], [testInstance('a', {})])
  run.access()
  const headers = answerOf(exchange, 200, [['x-left', '99']])
  run.headerFilter()
  expect(headers.all('x-left')).toEqual(['4', '99'])
})
