/** Lists and single entities, at the top and beneath the entity that they belong to. */
import { entitySchemas } from '../config/entities/index.ts'
import type { CollectionName } from '../config/entities.ts'
import { validateField } from '../config/schema/validate.ts'
import { type AdminAnswer, failure, methodNotAllowed, notFound, ok } from './answer.ts'
import { EMPTY_LISTS, type ShownCollection, shownCollection, shownCollections } from './collections.ts'
import { childrenOf, type Entity, entitiesOf, findEntity, isUuid, parentOf } from './look-up.ts'
import { answerPage } from './pages.ts'
import { refuseChange, refuseCreation, refuseRemoval, refuseReplacement } from './refusals.ts'
import type { AdminRoute, Call } from './routes.ts'
import { targetsOf } from './targets.ts'

export const entityRoutes: readonly AdminRoute[] = [
  ...EMPTY_LISTS.map(
    (path): AdminRoute => ({
      path: `/${path}`,
      methods: { GET: ({ request }) => answerPage([], request.query, `/${path}`) },
    }),
  ),
  ...shownCollections.flatMap((collection) => [...topRoutes(collection), ...nestedRoutes(collection)]),
]

const orNotFound = (entity: Entity | undefined): AdminAnswer => (entity ? ok(entity) : notFound)

function topRoutes(collection: ShownCollection): AdminRoute[] {
  const { path, name } = collection
  if (path === undefined) return []
  const find = ({ gateway, parameters }: Call) => findEntity(gateway.configuration, collection, parameters.id ?? '')
  const given = ({ parameters }: Call) => parameters.id ?? ''
  return [
    {
      path: `/${path}`,
      methods: {
        GET: ({ gateway, request }) =>
          answerPage(narrow(entitiesOf(gateway.configuration, name), name, request.query), request.query, `/${path}`),
        POST: (call) => refuseCreation(call, collection),
      },
    },
    {
      path: `/${path}/:id`,
      methods: {
        GET: (call) => invalidKey(collection, given(call)) ?? (find(call) ? ok(find(call) as Entity) : missing(name)),
        PUT: (call) => invalidName(collection, given(call)) ?? refuseReplacement(call, collection, given(call)),
        PATCH: (call) =>
          invalidName(collection, given(call)) ?? refuseChange(call, collection, given(call), find(call), false),
        DELETE: (call) =>
          invalidName(collection, given(call)) ?? refuseRemoval(collection, given(call), find(call), false),
      },
    },
    ...[...collection.parents].map(([field, reference]) => parentRoute(collection, field, reference)),
  ]
}

/** The entity that another one names: it may be seen, and not written. */
function parentRoute(collection: ShownCollection, field: string, reference: CollectionName): AdminRoute {
  const target = shownCollection(reference)
  /** Runs with the entity that is named, or answers that there is none. */
  const withParent = (act: (call: Call, parent: Entity, shown: ShownCollection) => AdminAnswer) => (call: Call) => {
    const given = call.parameters.id ?? ''
    const invalid = invalidKey(collection, given)
    if (invalid) return invalid
    const entity = findEntity(call.gateway.configuration, collection, given)
    const parent = entity && parentOf(call.gateway.configuration, entity, field, reference)
    return parent && target ? act(call, parent, target) : notFound
  }
  return {
    path: `/${collection.path}/:id/${field}`,
    methods: {
      GET: withParent((_, parent) => ok(parent)),
      PUT: withParent((call, { id }, shown) => refuseReplacement(call, shown, id)),
      PATCH: withParent((call, parent, shown) => refuseChange(call, shown, parent.id, parent, false)),
      DELETE: withParent(() => methodNotAllowed),
    },
  }
}

/** Certificates are named by their server names. */
const missing = (name: string): AdminAnswer =>
  name === 'certificates' ? { status: 404, body: { message: 'SNI not found' } } : notFound

/** What can be named by its id alone must be named by one. */
function invalidKey(collection: ShownCollection, given: string): AdminAnswer | undefined {
  const { name, key } = collection
  if (isUuid(given) || name === 'certificates') return undefined
  if (key !== undefined && name !== 'acls') return invalidName(collection, given)
  const fields = { id: 'expected a valid UUID' }
  return failure(400, 1, 'invalid primary key', `invalid primary key: '{id="expected a valid UUID"}'`, { fields })
}

/** A name that no entity could have. */
function invalidName({ name, key }: ShownCollection, given: string): AdminAnswer | undefined {
  const field = key === undefined || isUuid(given) ? undefined : entitySchemas.get(name)?.fields[key]
  const problem = field && validateField(field, given).error
  return problem === undefined ? undefined : failure(400, 10, `invalid unique ${key}`, String(problem))
}

/** `/consumers?custom_id=` is the one query that picks. */
function narrow(entities: Entity[], name: string, query: URLSearchParams): Entity[] {
  const wanted = name === 'consumers' ? query.get('custom_id') : null
  return wanted === null ? entities : entities.filter(({ custom_id }) => custom_id === wanted)
}

function nestedRoutes(collection: ShownCollection): AdminRoute[] {
  return [...collection.parents].flatMap(([field, reference]) => {
    const parent = shownCollection(reference)
    return parent?.path === undefined ? [] : nestedIn(collection, field, parent)
  })
}

function nestedIn(collection: ShownCollection, field: string, parent: ShownCollection): AdminRoute[] {
  const { name, nestedPath } = collection
  const base = `/${parent.path}/:parent/${nestedPath}`
  const childrenIn = ({ gateway }: Call, parentId: string) =>
    name === 'targets' ? targetsOf(gateway, parentId) : childrenOf(gateway.configuration, name, field, parentId)
  /** Runs with the parent, or answers that there is none. */
  const within = (act: (call: Call, parentId: string, child: Entity | undefined) => AdminAnswer) => (call: Call) => {
    const found = findEntity(call.gateway.configuration, parent, call.parameters.parent ?? '')
    if (!found) return notFound
    const { id } = call.parameters
    const children = id === undefined ? [] : childrenIn(call, found.id)
    const child = children.find(
      (entity) => entity.id === id?.toLowerCase() || (collection.key !== undefined && entity[collection.key] === id),
    )
    return act(call, found.id, child)
  }
  const list = within((call, parentId) =>
    answerPage(
      childrenIn(call, parentId),
      call.request.query,
      `/${parent.path}/${call.parameters.parent}/${nestedPath}`,
    ),
  )
  const given = (call: Call) => call.parameters.id ?? ''
  return [
    {
      path: base,
      methods: { GET: list, POST: within((call, id) => refuseCreation(call, collection, { [field]: { id } })) },
    },
    ...(name === 'targets' ? [{ path: `${base}/all`, methods: { GET: list } }] : []),
    {
      path: `${base}/:id`,
      methods: {
        GET: within((_call, _id, child) => orNotFound(child)),
        PUT: within((call, id) => refuseReplacement(call, collection, given(call), { [field]: { id } })),
        PATCH: within((call, _id, child) => refuseChange(call, collection, given(call), child, true)),
        DELETE: within((call, _id, child) => refuseRemoval(collection, given(call), child, true)),
      },
    },
  ]
}
