import { WEBHOOK_SIGNATURE, type Webhook } from '@portico/contracts'
import {
  attemptOf,
  backoffMs,
  type Closable,
  createTrail,
  every,
  exchange,
  type Log,
  signBody,
} from '@portico/service-kit'
import type { DueWebhook, WebhookQueue } from './webhook-queue.ts'

export interface Receiver {
  readonly url: string
  readonly secret: string
}

const SEND_EVERY_MS = 200
const AT_ONCE = 50
const TIMEOUT_MS = 5000
const BACKOFF = { firstMs: 500, maxMs: 60_000 }
/** As real providers do: after three days nobody is told any more. */
const GIVE_UP_AFTER_MS = 3 * 24 * 3600 * 1000

/** Sends webhooks until each is answered with 2xx, with back-off, over restarts too. */
export function startSending(queue: WebhookQueue, receiver: Receiver, log: Log): Closable {
  return every(SEND_EVERY_MS, () => sendDue(queue, receiver, log), log, 'webhooks')
}

/** Sends what is due. @returns how many were taken */
export async function sendDue(queue: WebhookQueue, receiver: Receiver, log: Log): Promise<number> {
  const trail = createTrail(log)
  let taken = 0
  for (;;) {
    const due = queue.due(AT_ONCE)
    const answers = await Promise.all(due.map((webhook) => isTaken(webhook, receiver)))
    const done = due.filter((webhook, index) => answers[index] || Date.now() - webhook.createdAt > GIVE_UP_AFTER_MS)
    queue.forget(done.map(({ position }) => position))
    for (const [index, webhook] of due.entries()) {
      if (!done.includes(webhook)) queue.putOff(webhook, Date.now() + backoffMs(webhook.tries + 1, BACKOFF))
      trail('webhook sent', { ...stepOf(webhook), outcome: answers[index] ? 'taken' : 'not taken' })
    }
    taken += done.length
    if (done.length < due.length) log.debug({ refused: due.length - done.length }, 'webhooks are sent again later')
    if (due.length < AT_ONCE) return taken
  }
}

const read = ({ body }: DueWebhook) => JSON.parse(body) as Webhook

function stepOf(webhook: DueWebhook) {
  const { id: webhookId, type: event, key, refundId, requestId } = read(webhook)
  return { ...attemptOf(key), webhookId, event, refundId, requestId }
}

/** Signed anew at each try, so that a late one is not taken for a replayed one. */
async function isTaken(webhook: DueWebhook, { url, secret }: Receiver): Promise<boolean> {
  const { body } = webhook
  const { requestId } = read(webhook)
  const bytes = new TextEncoder().encode(body)
  const signature = signBody(secret, bytes, Math.floor(Date.now() / 1000))
  try {
    const headers = {
      'content-type': 'application/json',
      [WEBHOOK_SIGNATURE]: signature,
      ...(requestId && { 'x-request-id': requestId }),
    }
    const { status } = await exchange(new URL(url), { method: 'POST', headers, body, timeoutMs: TIMEOUT_MS })
    return status >= 200 && status < 300
  } catch {
    return false
  }
}
