/** The cases in which the gateway answers otherwise than Kong on purpose: only where Kong itself fails with a 500. */
import { readFileSync } from 'node:fs'

export interface Deviation {
  readonly group: string
  readonly name: string
  readonly reason: string
}

const file = new URL('../vectors/deviations.json', import.meta.url)

export const readDeviations = (): readonly Deviation[] => JSON.parse(readFileSync(file, 'utf8')) as Deviation[]
