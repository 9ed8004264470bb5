import { z } from 'zod'
import { listOf, page, timestamp, uuid } from '../primitives.ts'
import { listUserAudit } from './audit.ts'
import { defineRoute } from './route.ts'

export const role = z.enum(['customer', 'admin'])
export type Role = z.infer<typeof role>

const email = z.string().trim().max(254).meta({ format: 'email' }).pipe(z.email('must be an e-mail address'))
const name = z.string().trim().min(1).max(200)
const newPassword = z.string().min(10, 'must have 10 to 128 characters').max(128, 'must have 10 to 128 characters')
/** A password to compare: as long as one could be, so that rules may change without locking anybody out. */
const givenPassword = z.string().min(1).max(1024)

export const user = z
  .object({ id: uuid, email: z.string(), name: z.string(), role, createdAt: timestamp })
  .meta({ id: 'User' })
export type User = z.infer<typeof user>

/** A user as admins see one. */
export const administeredUser = user
  .extend({ disabled: z.boolean().meta({ description: 'Can not log in, refresh a session or get a ticket' }) })
  .meta({ id: 'AdministeredUser' })
export type AdministeredUser = z.infer<typeof administeredUser>

export const session = z
  .object({
    accessToken: z.string(),
    tokenType: z.literal('Bearer'),
    expiresIn: z.int().meta({ description: 'Seconds' }),
    refreshToken: z.string(),
    refreshExpiresIn: z.int().meta({ description: 'Seconds until the session ends unless it is refreshed before' }),
  })
  .meta({ id: 'Session' })
export type Session = z.infer<typeof session>

/**
 * The address of the client, by which guesses at passwords are throttled. The gateway sets it and overwrites what a
 * client sends; a service that calls on behalf of a client passes it on. It never says who somebody is.
 */
const clientAddress = z.object({
  'x-real-ip': z.string().max(64).optional().meta({ description: "The client's address, set by the gateway" }),
})

const refreshToken = z.strictObject({ refreshToken: z.string().min(1).max(512) })

export const registerUser = defineRoute({
  id: 'registerUser',
  method: 'POST',
  path: '/v1/users',
  summary: 'Register',
  access: 'public',
  body: z.strictObject({ email, password: newPassword, name }),
  replies: { 201: user },
  errors: ['invalid_request', 'email_taken'],
})

export const logIn = defineRoute({
  id: 'logIn',
  method: 'POST',
  path: '/v1/sessions',
  summary: 'Log in',
  access: 'public',
  headers: clientAddress,
  body: z.strictObject({ email: z.string().trim().min(1).max(254), password: givenPassword }),
  replies: { 201: session },
  errors: ['invalid_request', 'wrong_credentials', 'account_disabled', 'too_many_attempts'],
})

export const refreshSession = defineRoute({
  id: 'refreshSession',
  method: 'POST',
  path: '/v1/sessions/refresh',
  summary: 'Get a new access token and a new refresh token',
  access: 'public',
  headers: clientAddress,
  body: refreshToken,
  replies: { 200: session },
  errors: ['invalid_request', 'session_ended'],
})

export const logOut = defineRoute({
  id: 'logOut',
  method: 'DELETE',
  path: '/v1/sessions',
  summary: 'Log out: the refresh token and its whole family end',
  access: 'public',
  body: refreshToken,
  replies: { 204: null },
  errors: ['invalid_request'],
})

export const ticket = z.object({ ticket: z.string(), expiresIn: z.literal(30) }).meta({ id: 'Ticket' })
export type Ticket = z.infer<typeof ticket>

export const issueTicket = defineRoute({
  id: 'issueTicket',
  method: 'POST',
  path: '/v1/sessions/tickets',
  summary: 'A ticket to open one WebSocket with, which closes when the access token used here expires',
  access: 'user',
  body: z.strictObject({ audience: z.enum(['orders.live']) }),
  replies: { 201: ticket },
  errors: ['invalid_request', 'session_ended', 'account_disabled'],
})

export const readProfile = defineRoute({
  id: 'readProfile',
  method: 'GET',
  path: '/v1/users/me',
  summary: "The caller's own profile",
  access: 'user',
  replies: { 200: user },
  errors: ['account_disabled'],
})

export const changeProfile = defineRoute({
  id: 'changeProfile',
  method: 'PATCH',
  path: '/v1/users/me',
  summary: "Change the caller's own profile; another e-mail address needs the current password",
  access: 'user',
  body: z
    .strictObject({ name: name.optional(), email: email.optional(), currentPassword: givenPassword.optional() })
    .refine((change) => change.name !== undefined || change.email !== undefined, 'must change at least one field')
    .refine((change) => change.email === undefined || change.currentPassword !== undefined, {
      path: ['currentPassword'],
      message: 'is required to change the e-mail address',
    }),
  replies: { 200: user },
  errors: ['invalid_request', 'forbidden', 'account_disabled', 'email_taken', 'too_many_attempts'],
})

export const changePassword = defineRoute({
  id: 'changePassword',
  method: 'PUT',
  path: '/v1/users/me/password',
  summary: 'Change the password; all other sessions end',
  access: 'user',
  body: z.strictObject({ currentPassword: givenPassword, newPassword }),
  replies: { 204: null },
  errors: ['invalid_request', 'forbidden', 'account_disabled', 'too_many_attempts'],
})

const byId = z.object({ id: uuid })

export const listUsers = defineRoute({
  id: 'listUsers',
  method: 'GET',
  path: '/v1/users',
  summary: 'Users, the newest first; `q` looks in names and addresses',
  access: 'admin',
  query: z.object({ q: z.string().trim().max(200).optional(), ...page }),
  replies: { 200: listOf(administeredUser) },
  errors: ['invalid_request'],
})

export const readUser = defineRoute({
  id: 'readUser',
  method: 'GET',
  path: '/v1/users/:id',
  summary: 'One user',
  access: 'admin',
  params: byId,
  replies: { 200: administeredUser },
  errors: ['invalid_request', 'not_found'],
})

export const changeUser = defineRoute({
  id: 'changeUser',
  method: 'PATCH',
  path: '/v1/users/:id',
  summary: "Change a user's role, or disable or enable the account; the user's sessions end. Not for the caller's own",
  access: 'admin',
  params: byId,
  body: z
    .strictObject({ role: role.optional(), disabled: z.boolean().optional() })
    .refine((change) => Object.values(change).some((value) => value !== undefined), 'must change at least one field')
    .meta({ minProperties: 1 }),
  replies: { 200: administeredUser },
  errors: ['invalid_request', 'not_found', 'wrong_state'],
})

export const endUserSessions = defineRoute({
  id: 'endUserSessions',
  method: 'DELETE',
  path: '/v1/users/:id/sessions',
  summary: 'End all sessions of a user; access tokens serve until they expire, 15 minutes at most',
  access: 'admin',
  params: byId,
  replies: { 204: null },
  errors: ['invalid_request', 'not_found'],
})

export const readKeys = defineRoute({
  id: 'readKeys',
  method: 'GET',
  path: '/.well-known/jwks.json',
  summary: 'The public keys that access tokens are checked with (RFC 7517)',
  access: 'public',
  replies: { 200: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }).meta({ id: 'JWKS' }) },
  errors: [],
})

export const userRoutes = [
  registerUser,
  logIn,
  refreshSession,
  logOut,
  issueTicket,
  readProfile,
  changeProfile,
  changePassword,
  listUsers,
  readUser,
  changeUser,
  endUserSessions,
  listUserAudit,
  readKeys,
] as const
