import { array, record, string, type Value } from '../config/schema/field.ts'
import { compilePcre, type Pattern } from '../config/schema/pcre.ts'
import { knownBots } from './bot-detection/known-bots.ts'
import { perConfig } from './per-config.ts'
import type { Plugin } from './plugin.ts'

const expression = string({ is_regex: true })

const schema = record({
  allow: array(expression, { default: [] }),
  deny: array(expression, { default: [] }),
})

type Config = Value<typeof schema>

function compiled(expressions: readonly string[]): readonly Pattern[] {
  return expressions.map(compilePcre).filter((pattern) => pattern !== undefined)
}

const lists = perConfig(({ allow, deny }: Config) => ({
  allow: compiled(allow ?? []),
  deny: [...compiled(deny ?? []), ...knownBots],
}))

/** Refuses clients that call themselves bots. Spec: Kong Hub, bot-detection. */
export const botDetection = {
  name: 'bot-detection',
  priority: 2500,
  version: '3.9.1',
  schema,
  unscopable: ['consumer'],
  access({ request }, config) {
    const [userAgent, second] = request.headers.all('user-agent')
    if (second !== undefined) return { kind: 'error', status: 400, message: 'Only one User-Agent header allowed' }
    if (userAgent === undefined) return undefined
    const isIn = (list: readonly Pattern[]) => list.some((pattern) => pattern.test(userAgent.trim()))
    const { allow, deny } = lists(config)
    return isIn(allow) || !isIn(deny) ? undefined : { kind: 'error', status: 403, message: 'Forbidden' }
  },
} satisfies Plugin<typeof schema>
