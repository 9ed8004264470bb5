import { describe, expect, it } from 'vitest'
import { botDetection } from './bot-detection.ts'
import { configOf } from './testing/defaults.ts'
import { testExchange } from './testing/exchange.ts'

function send(agents: readonly string[], given: object = {}): number {
  const headers = agents.map((agent) => ['User-Agent', agent] as const)
  const exit = botDetection.access(testExchange({ headers }), configOf(botDetection, given))
  return exit?.kind === 'error' ? exit.status : 200
}

describe('bot-detection', () => {
  it.each(['curl/8.5.0', 'node', 'python-requests/2.32.3', 'mybot', 'robot', 'CUBOT/1', 'aws-sdk-js/3.600.0'])(
    'lets %s through',
    (agent) => expect(send([agent])).toBe(200),
  )

  it.each(['Googlebot/2.1', 'axios', 'Go-http-client/1.1', 'my-bot/1.0', 'webspider', 'scraper', 'aws-cli/2.15.0'])(
    'refuses %s',
    (agent) => expect(send([agent])).toBe(403),
  )

  it.each(['TelegramBot (like TwitterBot)', 'DuckDuckBot', 'Slackbot', 'facebookexternalhit', 'WebZIP', 'a PTST/1'])(
    'lets %s through, since Kong wants more of it',
    (agent) => expect(send([agent])).toBe(200),
  )

  it.each(["Xenu's Link Sleuth", 'Slackbot-LinkExpanding', 'WebZIP/1', 'YodaoBot', 'a/foobot-2', 'Microsoft a Bot'])(
    'refuses %s by its name alone',
    (agent) => expect(send([agent])).toBe(403),
  )

  it('looks at what is allowed before what is denied', () => {
    expect(send(['curl good'], { allow: ['good'], deny: ['curl'] })).toBe(200)
    expect(send(['  tool  '], { deny: ['^tool$'] })).toBe(403)
  })

  it('refuses two User-Agent headers and lets none through', () => {
    expect(send(['curl/8', 'curl/8'])).toBe(400)
    expect(send([])).toBe(200)
  })
})
