import { expect, it } from 'vitest'
import { chooseParts, listTestFiles } from './parts.ts'
import { addTotals, describeTotals, type SuiteTotals } from './totals.ts'

const files = await listTestFiles()
const choose = (...words: string[]) => chooseParts(words, files)
const everything = ['mongodb', 'postgres', 'mysql', 'redis', 'brokers']

it('runs everything when nothing is named', () => {
  expect(choose()).toEqual({ check: true, vitest: [], browser: true, servers: everything })
})

it('runs the folder of a service, a suite, or what a path holds', () => {
  expect(choose('order')).toMatchObject({ check: false, vitest: ['services/order/'], browser: false })
  expect(choose('integration', 'user').vitest).toEqual(['--project=integration', 'services/user/'])
  expect(choose('router').vitest).toEqual(['router'])
})

it('wants a browser for the suite that needs one', () => {
  expect(choose('browser')).toMatchObject({ vitest: ['--project=browser'], browser: true })
})

it.each([
  [['check'], []],
  [['compose'], []],
  [['unit'], []],
  [['browser'], []],
  [['user'], ['mongodb']],
  [
    ['payment', 'product'],
    ['postgres', 'redis'],
  ],
  [['e2e'], ['postgres', 'mysql', 'redis']],
  [['service-kit'], everything],
] as const)('starts for %j no other servers than %j', (words, servers) => {
  expect(choose(...words).servers).toEqual(servers)
})

it('refuses a part that chooses no test, and names what there is', () => {
  expect(() => choose('nosuchpart')).toThrow(/No test file has "nosuchpart".*\nSuites: check, unit, /)
  expect(() => choose('ordr')).toThrow('did you mean order?')
  expect(() => choose('browser', 'router/')).toThrow('No test file has "router/"')
})

it('ends with the sum alone on a line', () => {
  const totals = { unit: { passed: 3, failed: 0, skipped: 0 }, e2e: { passed: 1, failed: 2, skipped: 1 } }
  expect(describeTotals(totals)).toMatch(
    /unit +3 passed, 0 failed\n +e2e +1 passed, 2 failed, 1 not run\n\n4 passed, 2 failed$/,
  )
})

it('adds up what runs side by side have found', () => {
  const totals: SuiteTotals = {}
  for (const failed of [1, 2]) addTotals(totals, { uncaught: { passed: 0, failed, skipped: 1 } })
  expect(totals).toEqual({ uncaught: { passed: 0, failed: 3, skipped: 2 } })
})
