/**
 * The idempotency key of one attempt to have an effect, kept until it is known to have had it: whoever sends the same
 * thing again, after a reload too, sends it under the same key, so that nothing is ordered or paid twice.
 */
export interface AttemptKey {
  /** The key for this content; another content is another attempt. */
  for(content: unknown): string
  /** The attempt came to its end. */
  done(): void
}

interface Stored {
  readonly content: string
  readonly key: string
}

/** `name` is what is attempted and by whom, such as `checkout.USER-ID`. */
export function attemptKey(name: string, storage: Storage = localStorage): AttemptKey {
  const at = `portico.attempt.${name}`
  return {
    for(content) {
      const text = JSON.stringify(content)
      const stored = read(storage.getItem(at))
      if (stored?.content === text) return stored.key
      const key = crypto.randomUUID()
      storage.setItem(at, JSON.stringify({ content: text, key }))
      return key
    },
    done: () => storage.removeItem(at),
  }
}

function read(text: string | null): Stored | undefined {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<Stored> | null
    if (typeof value?.content === 'string' && typeof value.key === 'string') return value as Stored
  } catch {}
  return undefined
}
