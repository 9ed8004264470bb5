import { useSyncExternalStore } from 'react'

let text = ''
const listeners = new Set<() => void>()

/** Has a screen reader say something when there is a pause. */
export function announce(message: string): void {
  // The same words again would be no change, and not be read.
  text = message === text ? `${message} ` : message
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The place that screen readers listen to; once on each page. */
export function Announcer() {
  const message = useSyncExternalStore(subscribe, () => text)
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {message}
    </div>
  )
}
