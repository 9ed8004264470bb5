import type { Exit } from './plugin.ts'

/** A configured status that Kong's error writer does not take; the request then ends with 500. */
export class StatusOutOfRange extends Error {
  override readonly name = 'StatusOutOfRange'
  constructor(status: number) {
    super(`the status of an error must be between 400 and 599, not ${status}`)
  }
}

/** An error answer whose status the configuration chose. @throws StatusOutOfRange */
export function errorExit(status: number, message: string): Exit {
  if (status < 400 || status > 599) throw new StatusOutOfRange(status)
  return { kind: 'error', status, message }
}
