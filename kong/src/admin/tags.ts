/** `/tags`: what is tagged, and with what. Source: Kong 3.9, kong/api/routes/tags.lua. */
import type { AdminAnswer } from './answer.ts'
import type { Entity } from './look-up.ts'
import { answerPage } from './pages.ts'
import type { AdminRoute, Call } from './routes.ts'

export const tagRoutes: readonly AdminRoute[] = [
  { path: '/tags', methods: { GET: (call) => listTags(call, '/tags') } },
  {
    path: '/tags/:tag',
    methods: { GET: (call) => listTags(call, `/tags/${call.parameters.tag}`, call.parameters.tag) },
  },
]

/** @param wanted only what has this tag; all without it. */
function listTags({ gateway, request }: Call, path: string, wanted?: string): AdminAnswer {
  const { configuration } = gateway
  const tagged = configuration.collections.flatMap((collection) =>
    [...configuration.table(collection).values()].flatMap(({ id, tags }) =>
      (tags ?? [])
        .filter((tag) => wanted === undefined || tag === wanted)
        .map((tag) => ({ tag, entity_name: collection, entity_id: id })),
    ),
  )
  return answerPage(
    tagged.map((entry) => ({ ...entry, id: `${entry.tag}/${entry.entity_id}` })),
    request.query,
    path,
    ({ id: _, ...entry }: Entity) => entry,
  )
}
