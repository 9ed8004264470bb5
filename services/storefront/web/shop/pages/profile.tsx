import type { User } from '@portico/contracts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { changePassword, changeProfile, readProfile } from '../../shared/api/account.ts'
import { Failure } from '../../shared/ui/failure.tsx'
import { Notice } from '../../shared/ui/notice.tsx'
import { TextField } from '../../shared/ui/text-field.tsx'
import { emailTaken, useForm } from '../../shared/ui/use-form.ts'
import { useTitle } from '../../shared/ui/use-title.ts'
import { ForSignedIn } from '../parts/for-signed-in.tsx'
import { SignOut } from '../parts/sign-out.tsx'

const key = ['mine', 'profile']

export function Profile() {
  useTitle('Your account')
  return (
    <ForSignedIn title="Your account">
      <div className="page narrow stack">
        <h1 tabIndex={-1}>Your account</h1>
        <p>
          <Link to="/shop/orders">Your orders</Link>
        </p>
        <Details />
        <PasswordForm />
        <SignOut />
      </div>
    </ForSignedIn>
  )
}

function Details() {
  const { data, error, refetch } = useQuery({ queryKey: key, queryFn: ({ signal }) => readProfile(signal) })
  if (data)
    return (
      <>
        <NameForm user={data} />
        <EmailForm user={data} />
      </>
    )
  if (error) return <Failure what="Your details could not be loaded." error={error} retry={() => void refetch()} />
  return <span className="skeleton skeleton--block" />
}

function NameForm({ user }: { readonly user: User }) {
  const client = useQueryClient()
  const [saved, setSaved] = useState(false)
  const { errors, failure, busy, onSubmit } = useForm(async ({ name = '' }) => {
    setSaved(false)
    // Shown at once, and taken back if the answer says otherwise.
    client.setQueryData<User>(key, { ...user, name })
    try {
      client.setQueryData(key, await changeProfile({ name }))
      setSaved(true)
    } catch (error) {
      client.setQueryData(key, user)
      throw error
    }
  })
  return (
    <form className="card stack" onSubmit={onSubmit} noValidate>
      <h2>{user.name}</h2>
      {failure !== undefined && <Failure what="Your name could not be changed." error={failure} />}
      {saved && <Notice tone="good" title="Your name is changed." />}
      <TextField
        label="Name"
        name="name"
        autoComplete="name"
        required
        maxLength={200}
        defaultValue={user.name}
        error={errors.name}
      />
      <button type="submit" className="button" aria-disabled={busy}>
        Change the name
      </button>
    </form>
  )
}

const wrongPassword = { field: 'currentPassword', message: 'This is not your current password.' } as const

function EmailForm({ user }: { readonly user: User }) {
  const client = useQueryClient()
  const [saved, setSaved] = useState(false)
  const { errors, failure, busy, onSubmit } = useForm(
    async ({ email = '', currentPassword = '' }, form) => {
      setSaved(false)
      client.setQueryData(key, await changeProfile({ email, currentPassword }))
      form.reset()
      setSaved(true)
    },
    { forbidden: wrongPassword, email_taken: emailTaken },
  )
  return (
    <form className="card stack" aria-labelledby="email-form" onSubmit={onSubmit} noValidate>
      <h2 id="email-form">E-mail address</h2>
      <p className="soft">{user.email}</p>
      {failure !== undefined && <Failure what="Your e-mail address could not be changed." error={failure} />}
      {saved && <Notice tone="good" title="Your e-mail address is changed. Log in with it from now on." />}
      <TextField
        label="New e-mail address"
        name="email"
        type="email"
        autoComplete="email"
        required
        maxLength={254}
        error={errors.email}
      />
      <CurrentPassword error={errors.currentPassword} />
      <button type="submit" className="button" aria-disabled={busy}>
        Change the e-mail address
      </button>
    </form>
  )
}

function CurrentPassword({ error }: { readonly error: string | undefined }) {
  return (
    <TextField
      label="Current password"
      name="currentPassword"
      type="password"
      autoComplete="current-password"
      required
      error={error}
    />
  )
}

function PasswordForm() {
  const [saved, setSaved] = useState(false)
  const { errors, failure, busy, onSubmit } = useForm(
    async ({ currentPassword = '', newPassword = '' }, form) => {
      setSaved(false)
      await changePassword(currentPassword, newPassword)
      form.reset()
      setSaved(true)
    },
    { forbidden: wrongPassword },
  )
  return (
    <form className="card stack" aria-labelledby="password-form" onSubmit={onSubmit} noValidate>
      <h2 id="password-form">Password</h2>
      {failure !== undefined && <Failure what="The password could not be changed." error={failure} />}
      {saved && <Notice tone="good" title="The password is changed. You are signed out everywhere else." />}
      <CurrentPassword error={errors.currentPassword} />
      <TextField
        label="New password"
        name="newPassword"
        type="password"
        autoComplete="new-password"
        required
        minLength={10}
        maxLength={128}
        hint="At least 10 characters; a sentence is good."
        error={errors.newPassword}
      />
      <button type="submit" className="button" aria-disabled={busy}>
        Change the password
      </button>
    </form>
  )
}
