/**
 * The cases in which the gateway answers differently from Kong on purpose: where Kong itself fails with a 500 (listed
 * beside the recorded answers), and where Kong's answer would leave the gateway open to an attack (`deviations.json`).
 */
import { readFileSync } from 'node:fs'

export interface Deviation {
  readonly group: string
  readonly name: string
  readonly reason: string
}

const read = (file: string): readonly Deviation[] =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Deviation[]

/** Where Kong fails with a 500 and the right answer is clear. */
export const readFailures = (): readonly Deviation[] => read('../vectors/deviations.json')

/** Where Kong's answer would be a security hole. */
export const readHardenings = (): readonly Deviation[] => read('deviations.json')

export const readDeviations = (): readonly Deviation[] => [...readFailures(), ...readHardenings()]
