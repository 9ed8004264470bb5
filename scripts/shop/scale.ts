import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { writeAtomically } from '../atomic-file.ts'
import { findClosest } from '../command-line/command.ts'
import { UserError } from '../command-line/user-error.ts'
import type { Home } from '../home.ts'

/** Services that may run several times. Not the provider: its ledger is its own. */
export const scalable = ['user', 'product', 'order', 'payment', 'storefront'] as const
export type Scalable = (typeof scalable)[number]

/** How many processes of each service there are to be; one of those that aren't named. */
export type Scale = Readonly<Partial<Record<Scalable, number>>>

const most = 16

const scaleFile = z.partialRecord(z.enum(scalable), z.int().min(1).max(most))

/** Understands `order=3` and `order=3,product=2`. @throws UserError */
export function parseScale(words: readonly string[]): Scale {
  const pairs = words.flatMap((word) => word.split(',')).filter((pair) => pair !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', count = ''] = pair.split('=')
      if (!isScalable(name)) throw unknownService(name)
      const wanted = /^\d+$/.test(count) ? Number(count) : Number.NaN
      if (!(wanted >= 1 && wanted <= most))
        throw new UserError(`${pair}: how many of ${name}? From 1 to ${most}, as in ${name}=3.`)
      return [name, wanted]
    }),
  )
}

const isScalable = (name: string): name is Scalable => (scalable as readonly string[]).includes(name)

function unknownService(name: string): UserError {
  const close = findClosest(name, [...scalable])
  const hint = close === undefined ? `; there are ${scalable.join(', ')}` : `; did you mean ${close}?`
  return new UserError(`There is no service ${name} that can be scaled${hint}`)
}

/** The names of the processes that there are to be besides the first of each service, with their service. */
export function replicaNames(scale: Scale): ReadonlyMap<string, Scalable> {
  const names = scalable.flatMap((service) =>
    Array.from({ length: (scale[service] ?? 1) - 1 }, (_, index) => [`${service}-${index + 2}`, service] as const),
  )
  return new Map(names)
}

/** What was last asked for in this home; nothing where nobody asked. */
export function readScale(home: Home): Scale {
  try {
    return scaleFile.safeParse(JSON.parse(readFileSync(home.scaleFile, 'utf8'))).data ?? {}
  } catch {
    return {}
  }
}

/** Asks the shop of this home to have so many. */
export function writeScale(home: Home, scale: Scale): void {
  writeAtomically(home.scaleFile, `${JSON.stringify(scale)}\n`)
}
