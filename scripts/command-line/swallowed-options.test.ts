import { expect, it } from 'vitest'
import { refuseSwallowedOptions } from './swallowed-options.ts'

const names = ['home', 'json', 'no-install']
const refusal = (env: Record<string, string>, words: string[] = [], script = '/x/scripts/start.ts') => {
  try {
    refuseSwallowedOptions(names, [script, ...words], { npm_lifecycle_event: 'start', ...env })
  } catch (error) {
    return (error as Error).message
  }
}

it.each([
  [{ npm_config_home: 'true' }, ['/tmp/x'], 'npm start -- --home /tmp/x'],
  [{ npm_config_home: '/tmp/x' }, [], 'npm start -- --home=/tmp/x'],
  [{ npm_config_json: 'true' }, [], 'npm start -- --json'],
  [{ npm_config_install: '' }, [], 'npm start -- --no-install'],
] as const)('says how %o %o was meant', (env, words, meant) => {
  expect(refusal(env, [...words])).toContain(meant)
})

it('accepts a command line of which npm took nothing', () => {
  expect(refusal({ npm_config_cache: '/x', npm_config_yes: '' }, ['--home', '/tmp/x'])).toBeUndefined()
})

it('ignores the options of an outer npm command', () => {
  expect(refusal({ npm_config_home: 'true', npm_lifecycle_event: 'test' })).toBeUndefined()
})
