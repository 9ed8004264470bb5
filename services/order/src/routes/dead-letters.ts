import type { DeadLetter } from '@portico/contracts'
import * as contract from '@portico/contracts'
import {
  type Actor,
  AppError,
  type Authentication,
  type DeadLetters,
  eventOf,
  implement,
  type DeadLetter as Letter,
  TooOldToReplay,
  userIdOf,
} from '@portico/service-kit'
import type { Hono } from 'hono'
import { forgetAct, noteAct } from '../store/audit.ts'
import type { Db } from '../store/database.ts'

type Action = 'dead_letter.replayed' | 'dead_letter.dropped'

/** What could not be handled by any service; why it is looked after here: docs/decisions/0031. */
export function deadLetterRoutes(
  app: Hono,
  authentication: Authentication,
  { db, deadLetters }: { readonly db: Db; readonly deadLetters: DeadLetters },
): void {
  implement(app, authentication, contract.listDeadLetters, async ({ query: { group, limit, cursor } }) => {
    const page = await answered(deadLetters.list(group, { limit, cursor }))
    return { status: 200, body: { items: page.items.map(toDeadLetter), nextCursor: page.nextCursor } }
  })

  implement(app, authentication, contract.readDeadLetter, async ({ params }) => {
    const letter = await existing(params.id)
    return { status: 200, body: { ...toDeadLetter(letter), message: messageOf(letter) } }
  })

  implement(app, authentication, contract.replayDeadLetter, async ({ principal, params, requestId }) => {
    const by = { userId: userIdOf(principal), requestId }
    await act(by, params.id, 'dead_letter.replayed', () => deadLetters.replay(params.id))
    return { status: 204 }
  })

  implement(app, authentication, contract.dropDeadLetter, async ({ principal, params, requestId }) => {
    const by = { userId: userIdOf(principal), requestId }
    await act(by, params.id, 'dead_letter.dropped', () => deadLetters.drop(params.id))
    return { status: 204 }
  })

  const existing = async (id: string): Promise<Letter> => {
    const letter = await answered(deadLetters.get(id))
    if (!letter) throw new AppError('not_found')
    return letter
  }

  /**
   * The bus and the log can't change in one step. The log is first: it may name something that a crash kept from
   * happening, and never lacks what happened.
   */
  const act = async (by: Actor, id: string, action: Action, effect: () => Promise<boolean>): Promise<void> => {
    const { type, orderId, reason, attempts } = toDeadLetter(await existing(id))
    const before = { type, orderId, reason, attempts }
    const noted = await db.transaction().execute((tx) => noteAct(tx, by, { action, subject: id, before, after: null }))
    try {
      if (!(await effect())) throw new AppError('not_found', 'It is gone: somebody else was quicker.')
    } catch (error) {
      if (error instanceof AppError) await forgetAct(db, noted)
      if (!(error instanceof TooOldToReplay)) throw asUnavailable(error)
      await forgetAct(db, noted)
      throw new AppError('wrong_state', 'It is older than 30 days: its service may not know that it handled it once.')
    }
  }
}

function toDeadLetter(letter: Letter): DeadLetter {
  const event = eventOf(letter)
  return {
    id: letter.id,
    group: letter.group,
    topic: letter.topic,
    type: typeof event?.type === 'string' ? event.type : null,
    orderId: typeof event?.subject === 'string' ? event.subject : null,
    reason: letter.reason,
    attempts: letter.attempts,
    at: letter.at,
  }
}

/** The message without what a customer pays with. */
const messageOf = ({ text }: Letter): string => text.replace(/tok_[a-z0-9_]+/g, '[redacted]')

const answered = <T>(asked: Promise<T>): Promise<T> => asked.catch((error) => Promise.reject(asUnavailable(error)))

function asUnavailable(cause: unknown): unknown {
  return cause instanceof AppError ? cause : new AppError('unavailable', 'The event bus does not answer.', { cause })
}
