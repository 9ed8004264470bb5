import { afterEach, expect, it, vi } from 'vitest'
import { openHome } from '../home.ts'
import { hint } from './hint.ts'

afterEach(() => vi.unstubAllEnvs())

it('leaves out the home that a command takes without being told', () => {
  vi.stubEnv('PORTICO_HOME', '/srv/shop')
  expect(hint(openHome(), 'status')).toBe('npm run status')
  expect(hint(openHome('/srv/shop'), 'logs', 'order')).toBe('npm run logs -- order')
})

it('names any other home, in quotes where the shell needs them', () => {
  expect(hint(openHome('/srv/other'), 'stop')).toBe('npm stop -- --home /srv/other')
  expect(hint(openHome("/srv/Ada's shop"), 'logs', 'order -f')).toBe(
    `npm run logs -- order -f --home '/srv/Ada'\\''s shop'`,
  )
})
