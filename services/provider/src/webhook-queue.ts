import type { DatabaseSync } from 'node:sqlite'
import type { Webhook } from '@portico/contracts'
import { newId } from '@portico/service-kit'

/** How the sandbox misbehaves, as real providers do. */
export interface WebhookPolicy {
  /** How long after it happened each is sent. */
  readonly delayMs: number
  /** Every so-manieth is sent twice, the second time late; 0: none. */
  readonly duplicateEvery: number
}

export interface DueWebhook {
  readonly position: number
  /** Ready to be signed and sent: the same at every try. */
  readonly body: string
  readonly tries: number
  readonly createdAt: number
}

/** Webhooks that are still to be sent, in the ledger's own file: written with what they tell of, gone once taken. */
export interface WebhookQueue {
  /** To be called in the transaction of what it tells of. */
  add(what: Pick<Webhook, 'type' | 'key' | 'refundId' | 'requestId'>): void
  due(limit: number, now?: number): DueWebhook[]
  forget(positions: readonly number[]): void
  putOff(webhook: DueWebhook, until: number): void
  count(): number
}

const LATE_FACTOR = 5

export function openWebhookQueue(db: DatabaseSync, { delayMs, duplicateEvery }: WebhookPolicy): WebhookQueue {
  db.exec(`
    create table if not exists webhook (
      position integer primary key autoincrement, body text not null, created_at integer not null,
      due_at integer not null, tries integer not null default 0
    ) strict;
    create index if not exists webhook_due on webhook (due_at);
  `)
  const insert = db.prepare('insert into webhook (body, created_at, due_at) values (?, ?, ?)')
  const select = db.prepare(
    'select position, body, tries, created_at as createdAt from webhook where due_at <= ? order by due_at limit ?',
  )
  const remove = db.prepare('delete from webhook where position in (select value from json_each(?))')
  const later = db.prepare('update webhook set tries = tries + 1, due_at = ? where position = ?')
  const all = db.prepare('select count(*) as count from webhook')
  let added = 0

  return {
    add: (what) => {
      const now = Date.now()
      const webhook: Webhook = { id: newId(), ...what, createdAt: new Date(now).toISOString() }
      insert.run(JSON.stringify(webhook), now, now + delayMs)
      added += 1
      if (duplicateEvery > 0 && added % duplicateEvery === 0) {
        insert.run(JSON.stringify(webhook), now, now + LATE_FACTOR * delayMs)
      }
    },
    due: (limit, now = Date.now()) => select.all(now, limit) as unknown as DueWebhook[],
    forget: (positions) => {
      if (positions.length > 0) remove.run(JSON.stringify(positions))
    },
    putOff: ({ position }, until) => void later.run(until, position),
    count: () => (all.get() as { count: number }).count,
  }
}
