import { QueryClient } from '@tanstack/react-query'
import { SignedOutError } from './api/authorised.ts'
import { mayPass, retryAfterOf } from './api/problem.ts'
import { session } from './api/session.ts'

/** Reads are tried once more where that may help; where the answer says how long to wait, the page says so instead. */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // A browser that thinks itself offline may be wrong: the request itself says.
        networkMode: 'always',
        retry: (failures, error) =>
          failures < 1 && mayPass(error) && retryAfterOf(error) === undefined && !(error instanceof SignedOutError),
        retryDelay: 600,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
  forgetWithTheSession(client)
  return client
}

/** What one person was shown is not for the next. */
function forgetWithTheSession(client: QueryClient): void {
  const userOf = () => {
    const state = session.state()
    return state.status === 'signed-in' ? state.token.userId : undefined
  }
  let user = userOf()
  session.subscribe(() => {
    const next = userOf()
    const gone = session.state().status === 'signed-out'
    if (user !== undefined && (gone || (next !== undefined && next !== user))) {
      client.removeQueries({ queryKey: ['mine'] })
    }
    if (next !== undefined || gone) user = next
  })
}
