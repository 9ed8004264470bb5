import { ApiError } from '../../shared/api/problem.ts'
import { session } from '../../shared/api/session.ts'
import { Failure } from '../../shared/ui/failure.tsx'
import { TextField } from '../../shared/ui/text-field.tsx'
import { useForm } from '../../shared/ui/use-form.ts'
import { useTitle } from './use-title.ts'

export function SignIn() {
  useTitle('Sign in')
  const { errors, failure, busy, onSubmit } = useForm(async ({ email = '', password = '' }) => {
    await session.signIn(email, password)
  })
  const wrong = failure instanceof ApiError && failure.code === 'wrong_credentials'
  return (
    <div className="narrow stack">
      <h1 tabIndex={-1}>Administration</h1>
      <form className="card stack" onSubmit={onSubmit} noValidate>
        {failure !== undefined && (
          <Failure what={wrong ? 'That is not right.' : 'Signing in did not work.'} error={failure} />
        )}
        <TextField
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username"
          required
          error={errors.email}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          error={errors.password}
        />
        <button type="submit" className="button" aria-disabled={busy}>
          {busy ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </div>
  )
}
