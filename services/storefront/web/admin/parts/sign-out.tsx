import { useMutation } from '@tanstack/react-query'
import { session } from '../../shared/api/session.ts'
import { useSession } from '../../shared/api/use-session.ts'
import { announce } from '../../shared/ui/announcer.tsx'

/** Ends the session; where that fails it says so, and one stays signed in. */
export function SignOut() {
  const { status } = useSession()
  const { error, isPending, mutate } = useMutation({
    mutationFn: () => session.signOut(),
    onError: () => announce('You are still signed in: the session could not be ended.'),
  })
  if (status !== 'signed-in') return null
  return (
    <button
      type="button"
      className="button button--quiet button--small"
      aria-disabled={isPending}
      onClick={() => mutate()}
    >
      {error ? 'Still signed in: sign out again' : 'Sign out'}
    </button>
  )
}
