import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { register } from '../../shared/api/account.ts'
import { session } from '../../shared/api/session.ts'
import { Failure } from '../../shared/ui/failure.tsx'
import { TextField } from '../../shared/ui/text-field.tsx'
import { emailTaken, useForm } from '../../shared/ui/use-form.ts'
import { useTitle } from '../../shared/ui/use-title.ts'

const route = getRouteApi('/shop/register')

export function Register() {
  useTitle('Create an account')
  const { next = '/shop' } = route.useSearch()
  const navigate = useNavigate()
  const { errors, failure, busy, onSubmit } = useForm(
    async ({ email = '', password = '', name = '' }) => {
      await register(email, password, name)
      await session.signIn(email, password)
      await navigate({ to: next, replace: true })
    },
    { email_taken: emailTaken },
  )
  return (
    <div className="page narrow stack">
      <h1 tabIndex={-1}>Create an account</h1>
      <form className="card stack" onSubmit={onSubmit} noValidate>
        {failure !== undefined && <Failure what="The account could not be made." error={failure} />}
        <TextField label="Name" name="name" autoComplete="name" required maxLength={200} error={errors.name} />
        <TextField
          label="E-mail address"
          name="email"
          type="email"
          autoComplete="username"
          required
          maxLength={254}
          error={errors.email}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          minLength={10}
          maxLength={128}
          hint="At least 10 characters; a sentence is good."
          error={errors.password}
        />
        <button type="submit" className="button" aria-disabled={busy}>
          {busy ? 'Making your account …' : 'Create the account'}
        </button>
      </form>
      <p>
        Been here before?{' '}
        <Link to="/shop/sign-in" search={{ next }}>
          Sign in
        </Link>
      </p>
    </div>
  )
}
