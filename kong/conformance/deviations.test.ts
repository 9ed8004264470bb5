import { describe, expect, it } from 'vitest'
import { loadConfiguration } from '../src/config/load.ts'
import { registry } from '../src/plugins/index.ts'
import { readFailures } from './deviations.ts'
import { fill } from './placeholders.ts'
import { readGroups } from './vector.ts'

/** What is told instead of Kong's 500, by the name of the case. */
const INSTEAD: Readonly<Record<string, readonly string[]>> = {
  'a plugin on a consumer that does not exist': ["there is no 'ghost' in consumers"],
  'a plugin on a route that does not exist': ["there is no 'ghost' in routes"],
  'a plugin on a route that does not exist as a tree': ["there is no 'ghost' in routes"],
  'a plugin on a service that does not exist': ["there is no 'ghost' in services"],
  'a url that is a number': ['expected a string, found a number'],
  'an empty collection name with null entities only': ['expected a record, found nothing'],
  'an entity that is a string': ['expected a record, found a text'],
  'an entity that is null': ['expected a record, found nothing'],
  'flattens nothing for an unknown route': ["there is no 'nowhere' in routes"],
  'refuses an unknown route': ["there is no 'nowhere' in routes"],
  'refuses an unknown route for a plugin with an id': ["there is no 'nowhere' in routes"],
  'refuses an unknown service and an unknown consumer': [
    "there is no 'nowhere' in services",
    "there is no 'nobody' in consumers",
  ],
}

describe('where Kong fails with a 500', () => {
  const groups = new Map(readGroups().map((group) => [group.group, group]))

  it.each(readFailures())('$group: $name is refused with the reason', ({ group, name }) => {
    const vector = groups.get(group)?.cases.find((each) => each.name === name)
    const document = vector?.configText ?? (vector?.config as object)
    const result = loadConfiguration(fill(document, { a: 9, b: 9, c: 9, d: 9 }), { registry })
    expect(result.ok ? 'accepted' : result.problems.map(({ message }) => message)).toEqual(INSTEAD[name])
  })
})
