import { setTimeout as wait } from 'node:timers/promises'
import type { Scenario } from './scenario.ts'

/** What a gateway does otherwise than the scenario asks: what is faster because it does less is not compared. */
export async function findFaults(url: string, scenario: Scenario, checks: boolean): Promise<string[]> {
  const ask = (token?: string) =>
    fetch(url, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } })
  const good = scenario.sign()
  const answer = await ask(good)
  const faults = answer.status === 200 && (await holdsItems(answer)) ? [] : [`a good token got ${answer.status}`]
  if (!checks) return faults
  const [head, , signature] = good.split('.')
  const changed = `${head}.${Buffer.from('{"iss":"bench-2","exp":9999999999}').toString('base64url')}.${signature}`
  const refused = {
    'no token': undefined,
    'a wrong signature': scenario.sign({}, 'another secret'),
    'changed claims': changed,
    'an expired token': scenario.sign({ exp: Math.floor(Date.now() / 1000) - 3600 }),
  }
  for (const [what, token] of Object.entries(refused)) {
    const { status } = await ask(token)
    if (status !== 401) faults.push(`${what} got ${status}`)
  }
  if (!(await counts(() => ask(good)))) faults.push('the limit is not counted')
  return faults
}

async function holdsItems(answer: Response): Promise<boolean> {
  const { items } = (await answer.json()) as { items?: unknown[] }
  return items?.length === 9
}

async function counts(ask: () => Promise<Response>): Promise<boolean> {
  const left: number[] = []
  for (let i = 0; i < 6; i += 1) {
    const { headers } = await ask()
    const value = [...headers].find(([name]) => /^(x-)?ratelimit-remaining/i.test(name))?.[1]
    left.push(Number(value))
    // Kong counts after it has answered.
    await wait(50)
  }
  return left.some((value, i) => i > 0 && value < (left[i - 1] ?? 0))
}
