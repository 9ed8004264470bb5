import type { Ticket, User } from '@portico/contracts'
import { sendAuthorised } from './authorised.ts'
import { send } from './http.ts'

export const register = async (email: string, password: string, name: string): Promise<User> =>
  (await send<User>('/v1/users', { method: 'POST', body: { email, password, name } })).body

export const readProfile = async (signal?: AbortSignal): Promise<User> =>
  (await sendAuthorised<User>('/v1/users/me', { signal })).body

export type ProfileChange =
  | { readonly name: string }
  /** Another address needs the current password. */
  | { readonly email: string; readonly currentPassword: string }

export const changeProfile = async (change: ProfileChange): Promise<User> =>
  (await sendAuthorised<User>('/v1/users/me', { method: 'PATCH', body: change })).body

export async function changePassword(currentPassword: string, newPassword: string): Promise<void> {
  await sendAuthorised('/v1/users/me/password', { method: 'PUT', body: { currentPassword, newPassword } })
}

/** A ticket to open one WebSocket with, good for 30 seconds. */
export const issueTicket = async (audience: 'orders.live'): Promise<Ticket> =>
  (await sendAuthorised<Ticket>('/v1/sessions/tickets', { method: 'POST', body: { audience } })).body
