import type { LiveMessage } from '@portico/contracts'
import { issueTicket } from '../../shared/api/account.ts'
import { SignedOutError } from '../../shared/api/authorised.ts'

/** One change of an order, as the WebSocket tells it. */
export type OrderUpdate = Extract<LiveMessage, { readonly type: 'order.status' }>

/** `live`: changes arrive as they happen. `apart`: not connected; whoever needs to know has to ask. */
export type LiveState = 'live' | 'apart'

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 60_000
/** The access token behind the ticket has expired: another one opens it again. */
const EXPIRED = 3000

/**
 * The one connection of this tab to `/v1/orders/live`, open while anybody listens. After a break it connects anew, each
 * time with a new ticket, and asks for what came after the last event it has seen.
 */
class OrderStream {
  #state: LiveState = 'apart'
  #socket: WebSocket | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #lastEventId: string | undefined
  #users = 0
  readonly #states = new Set<() => void>()
  readonly #updates = new Set<(update: OrderUpdate) => void>()

  readonly state = (): LiveState => this.#state

  readonly watchState = (listener: () => void): (() => void) => {
    this.#states.add(listener)
    return () => this.#states.delete(listener)
  }

  /** @returns how to stop listening; with the last listener the connection ends */
  listen(listener: (update: OrderUpdate) => void): () => void {
    this.#updates.add(listener)
    this.#users += 1
    if (this.#users === 1) void this.#connect()
    return () => {
      this.#updates.delete(listener)
      this.#users -= 1
      if (this.#users === 0) this.#disconnect()
    }
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer)
    try {
      const { ticket } = await issueTicket('orders.live')
      if (this.#users > 0 && !this.#socket) this.#open(ticket)
    } catch (error) {
      if (!(error instanceof SignedOutError)) this.#again()
    }
  }

  #open(ticket: string): void {
    const search = new URLSearchParams({ ticket, ...(this.#lastEventId && { lastEventId: this.#lastEventId }) })
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/v1/orders/live?${search}`)
    this.#socket = socket
    socket.onopen = () => {
      this.#failures = 0
      this.#become('live')
    }
    socket.onmessage = ({ data }) => this.#hear(data)
    socket.onclose = ({ code }) => {
      if (this.#socket !== socket) return
      this.#socket = undefined
      this.#become('apart')
      if (code === EXPIRED) this.#soon()
      else this.#again()
    }
  }

  #hear(data: unknown): void {
    const message = readMessage(data)
    // What lies between is known no more; whoever listens has asked anew when the connection came about.
    if (message?.type === 'resync') this.#lastEventId = undefined
    if (message?.type !== 'order.status') return
    this.#lastEventId = message.eventId
    for (const listener of this.#updates) listener(message)
  }

  #again(): void {
    if (this.#users === 0) return
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures)
    this.#failures += 1
    this.#timer = setTimeout(() => void this.#connect(), wait * (0.75 + Math.random() / 2))
  }

  #soon(): void {
    this.#timer = setTimeout(() => void this.#connect(), Math.random() * FIRST_WAIT_MS)
  }

  #disconnect(): void {
    clearTimeout(this.#timer)
    const socket = this.#socket
    this.#socket = undefined
    this.#failures = 0
    socket?.close()
    this.#become('apart')
  }

  #become(state: LiveState): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of this.#states) listener()
  }
}

/** Other kinds of messages are none of ours. */
function readMessage(data: unknown): LiveMessage | undefined {
  try {
    const message = JSON.parse(String(data)) as Partial<OrderUpdate> | { readonly type: 'resync' }
    if (message.type === 'resync') return { type: 'resync' }
    const { orderId, status, eventId } = message
    const whole = [orderId, status, eventId].every((each) => typeof each === 'string')
    return message.type === 'order.status' && whole ? (message as OrderUpdate) : undefined
  } catch {
    return undefined
  }
}

export const orderStream = new OrderStream()
