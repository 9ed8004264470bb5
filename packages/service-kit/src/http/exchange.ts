import { Agent, type Dispatcher, errors } from 'undici'
import { NoAnswerInTime } from '../within.ts'

/** What is sent, and for how long an answer is waited for. */
export interface Sent {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** For the whole answer, its body too. */
  readonly timeoutMs: number
  /** Gives up before that time. */
  readonly signal?: AbortSignal | undefined
}

export interface Answer {
  readonly status: number
  /** By names in lower case; those sent more than once are joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** The answer began, and then the connection or the time was over, or it exceeded the limit. */
export class AnswerBrokeOff extends Error {
  override readonly name = 'AnswerBrokeOff'
}

/** The largest body of an answer; a page of a hundred entries has a tenth of it. */
export const MAX_ANSWER_BYTES = 8 * 1024 * 1024

/** As many connections as there are calls at once, kept for the next ones; those that are idle keep no process alive. */
const agent = new Agent({ maxResponseSize: MAX_ANSWER_BYTES })

/**
 * Sends one HTTP request and reads the whole answer; redirects are answers like others. Works on undici's dispatcher,
 * since a `fetch` costs seven times the processor time.
 * @throws AnswerBrokeOff, or why there was no answer at all
 */
export function exchange(url: URL, sent: Sent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const reading = new Reading(sent, { resolve, reject })
  const { method, headers, body = null } = sent
  const { origin, pathname, search } = url
  try {
    if (!sent.signal?.aborted)
      agent.dispatch(
        { origin, path: pathname + search, method: method as Dispatcher.HttpMethod, headers, body },
        reading,
      )
  } catch (error) {
    reading.giveUp(error)
  }
  return promise
}

interface Settling {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** Gathers one answer, within its time. */
class Reading implements Dispatcher.DispatchHandler {
  readonly #settling: Settling
  readonly #signal: AbortSignal | undefined
  readonly #timer: NodeJS.Timeout
  readonly #pieces: Buffer[] = []
  /** There from when the request has a connection. */
  #controller: Dispatcher.DispatchController | undefined
  #status: number | undefined
  #headers: Readonly<Record<string, string>> = {}
  #givenUp: Error | undefined

  constructor({ timeoutMs, signal }: Sent, settling: Settling) {
    this.#settling = settling
    this.#signal = signal
    const late = () => this.giveUp(new NoAnswerInTime(`no answer within ${timeoutMs} ms`))
    this.#timer = setTimeout(late, timeoutMs)
    signal?.addEventListener('abort', this.#aborted)
    if (signal?.aborted) this.#aborted()
  }

  giveUp(reason: unknown): void {
    const error = reason instanceof Error ? reason : new Error('given up', { cause: reason })
    this.#givenUp = error
    this.#fail(error)
    this.#controller?.abort(error)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#givenUp) controller.abort(this.#givenUp)
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    // What comes before is information: the answer follows.
    if (status < 200) return
    this.#status = status
    this.#headers = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, textOf(value)]))
  }

  onResponseData(_: Dispatcher.DispatchController, piece: Buffer): void {
    this.#pieces.push(piece)
  }

  onResponseEnd(): void {
    this.#end()
    const [first = Buffer.alloc(0)] = this.#pieces
    const whole = this.#pieces.length > 1 ? Buffer.concat(this.#pieces) : first
    this.#settling.resolve({ status: this.#status ?? 0, headers: this.#headers, text: whole.toString() })
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error)
  }

  readonly #aborted = () => this.giveUp(this.#signal?.reason)

  #fail(error: Error): void {
    this.#end()
    const began = this.#status !== undefined
    const tooLarge = error instanceof errors.ResponseExceededMaxSizeError
    const what = tooLarge ? `the answer exceeds ${MAX_ANSWER_BYTES} bytes` : 'the answer broke off'
    this.#settling.reject(began ? new AnswerBrokeOff(what, { cause: error }) : error)
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#aborted)
  }
}

const textOf = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value))
