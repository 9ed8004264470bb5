import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { session } from '../../shared/api/session.ts'
import { Failure } from '../../shared/ui/failure.tsx'

export function SignOut() {
  const navigate = useNavigate()
  const { error, isPending, mutate } = useMutation({
    mutationFn: () => session.signOut(),
    onSuccess: () => navigate({ to: '/' }),
  })
  return (
    <div className="stack">
      {error && (
        <Failure what="You are still signed in: the session could not be ended." error={error} retry={() => mutate()} />
      )}
      <button type="button" className="button button--quiet" aria-disabled={isPending} onClick={() => mutate()}>
        Sign out
      </button>
    </div>
  )
}
