import { setTimeout as wait } from 'node:timers/promises'
import { BadRegistryAnswer } from './target-source.ts'

export interface Question {
  readonly headers?: Readonly<Record<string, string>>
  /** Until the whole answer is there. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Asks a registry for JSON. @throws BadRegistryAnswer for another status than 200; the error of `fetch` else */
export async function askJson(url: URL, { headers = {}, timeoutMs, signal }: Question) {
  const response = await fetch(url, {
    headers: { accept: 'application/json', ...headers },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new BadRegistryAnswer(`${url.origin} answered ${response.status}`)
  }
  return { body: (await response.json()) as unknown, headers: response.headers }
}

/** Waits before a failed question is asked again: a quarter of a second, doubled up to 10 s, scattered. */
export async function pauseAfterFailure(failures: number, signal: AbortSignal): Promise<void> {
  const ceiling = Math.min(10_000, 250 * 2 ** (failures - 1))
  await pause(ceiling / 2 + (Math.random() * ceiling) / 2, signal)
}

/** Waits, or returns at once when the signal is given. Keeps no process alive. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal, ref: false }).catch(() => undefined)
}

/** The address of a registry without who asks, and the header that says so. */
export function splitCredentials(url: URL): { readonly base: URL; readonly headers: Record<string, string> } {
  const base = new URL(url)
  base.username = ''
  base.password = ''
  if (url.username === '') return { base, headers: {} }
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return { base, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } }
}
