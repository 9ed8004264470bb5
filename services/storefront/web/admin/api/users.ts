import type { AdministeredUser, Role } from '@portico/contracts'
import { sendAuthorised } from '../../shared/api/authorised.ts'
import type { Page } from '../../shared/api/lists.ts'

const path = '/v1/users'
const pathOf = (id: string) => `${path}/${encodeURIComponent(id)}`

export async function listUsers(
  query: { readonly q?: string | undefined; readonly cursor?: string | undefined },
  signal?: AbortSignal,
): Promise<Page<AdministeredUser>> {
  return (await sendAuthorised<Page<AdministeredUser>>(path, { query, signal })).body
}

export const readUser = async (id: string, signal?: AbortSignal): Promise<AdministeredUser> =>
  (await sendAuthorised<AdministeredUser>(pathOf(id), { signal })).body

/** A change of another account; it ends the user's sessions. */
export async function changeUser(
  id: string,
  change: { readonly role: Role } | { readonly disabled: boolean },
): Promise<void> {
  await sendAuthorised(pathOf(id), { method: 'PATCH', body: change })
}

export async function endSessions(id: string): Promise<void> {
  await sendAuthorised(`${pathOf(id)}/sessions`, { method: 'DELETE' })
}
