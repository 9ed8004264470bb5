import type { AdministeredUser } from '@portico/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useSession } from '../../shared/api/use-session.ts'
import { announce } from '../../shared/ui/announcer.tsx'
import { ConfirmDialog } from '../../shared/ui/confirm-dialog.tsx'
import { Failure } from '../../shared/ui/failure.tsx'
import { changeUser, endSessions } from '../api/users.ts'

/** Something an admin can do to an account, in the words of its button, its question and its outcome. */
interface Action {
  readonly name: string
  readonly title: string
  readonly effect: string
  readonly confirm: string
  readonly done: string
  readonly failed: string
  readonly run: () => Promise<void>
}

/** What can be done to an account. Each action asks first, and shows why the API refuses it. */
export function AccountActions({ user }: { readonly user: AdministeredUser }) {
  const client = useQueryClient()
  const session = useSession()
  const act = useMutation({
    mutationFn: ({ run }: Action) => run(),
    onSuccess: (_, { done }) => announce(done),
    onSettled: () => client.invalidateQueries({ queryKey: ['mine'] }),
  })
  const own = session.status === 'signed-in' && session.token.userId === user.id
  const actions = own ? [endingSessions(user)] : [changingState(user), changingRole(user), endingSessions(user)]
  return (
    <div className="stack">
      {act.error && <Failure what={act.variables?.failed ?? ''} error={act.error} />}
      {own && <p className="soft">This is your own account: only another admin can disable it or change its role.</p>}
      <div className="row">
        {actions.map((action) => (
          <ConfirmDialog
            key={action.name}
            action={action.name}
            title={action.title}
            confirm={action.confirm}
            keep="Not now"
            busy={act.isPending}
            onConfirm={() => act.mutate(action)}
          >
            <p>{action.effect}</p>
          </ConfirmDialog>
        ))}
      </div>
    </div>
  )
}

/** Access tokens can't be taken back: services other than user-service accept them until they expire. */
const SIGNED_OUT = 'is signed out on every device within 15 minutes'

function changingState({ id, name, disabled }: AdministeredUser): Action {
  return disabled
    ? {
        name: 'Enable the account',
        title: `Enable the account of ${name}?`,
        effect: `${name} can log in again. Sessions that ended stay ended.`,
        confirm: 'Enable it',
        done: 'The account is enabled.',
        failed: 'The account could not be enabled.',
        run: () => changeUser(id, { disabled: false }),
      }
    : {
        name: 'Disable the account',
        title: `Disable the account of ${name}?`,
        effect: `${name} ${SIGNED_OUT} and can't log in until an admin enables the account. Orders and payments stay as they are.`,
        confirm: 'Disable it',
        done: 'The account is disabled.',
        failed: 'The account could not be disabled.',
        run: () => changeUser(id, { disabled: true }),
      }
}

function changingRole({ id, name, role }: AdministeredUser): Action {
  return role === 'admin'
    ? {
        name: 'Make a customer',
        title: `Make ${name} a customer?`,
        effect: `${name} ${SIGNED_OUT}, and can use the shop but no longer this panel.`,
        confirm: 'Make a customer',
        done: 'The user is a customer.',
        failed: 'The role could not be changed.',
        run: () => changeUser(id, { role: 'customer' }),
      }
    : {
        name: 'Make an admin',
        title: `Make ${name} an admin?`,
        effect: `${name} will see all customers and their orders, give money back, and change accounts, yours included. The role counts from the next log-in: ${name} ${SIGNED_OUT}.`,
        confirm: 'Make an admin',
        done: 'The user is an admin.',
        failed: 'The role could not be changed.',
        run: () => changeUser(id, { role: 'admin' }),
      }
}

function endingSessions({ id, name }: AdministeredUser): Action {
  return {
    name: 'End all sessions',
    title: `End all sessions of ${name}?`,
    effect: `${name} ${SIGNED_OUT} and has to log in again.`,
    confirm: 'End them',
    done: 'All sessions are ended.',
    failed: 'The sessions could not be ended.',
    run: () => endSessions(id),
  }
}
