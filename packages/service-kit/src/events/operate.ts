// What `npm run events` runs against the bus of EVENT_BUS_URL: one question, its answer as JSON on standard output.
//   list GROUP LIMIT [CURSOR]    get ID    replay ID    drop ID    groups
import { subscribers } from '@portico/contracts'
import { createLog } from '../log.ts'
import { connectEventBus } from './connect.ts'
import { eventOf, TooOldToReplay } from './dead-letters.ts'

const [action = '', what = '', limit = '20', cursor] = process.argv.slice(2)

const bus = await connectEventBus(process.env.EVENT_BUS_URL ?? '', createLog('events', 'silent'))
const { deadLetters } = bus

const actions: Readonly<Record<string, () => Promise<unknown>>> = {
  groups: () => Promise.all(subscribers.map(async (group) => ({ group, dead: await deadLetters.count(group) }))),
  list: () => deadLetters.list(what, { limit: Number(limit), cursor }),
  get: async () => {
    const letter = await deadLetters.get(what)
    return letter ? { ...letter, event: eventOf(letter) ?? null } : null
  },
  replay: async () => {
    try {
      return { done: await deadLetters.replay(what) }
    } catch (error) {
      if (error instanceof TooOldToReplay) return { done: false, tooOld: true }
      throw error
    }
  },
  drop: async () => ({ done: await deadLetters.drop(what) }),
}

try {
  console.log(JSON.stringify(await actions[action]?.()))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await bus.close()
}
