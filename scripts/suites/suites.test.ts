import { expect, it } from 'vitest'
import { chooseParts } from './parts.ts'
import { addTotals, describeTotals, type SuiteTotals } from './totals.ts'

it('runs everything when nothing is named', () => {
  expect(chooseParts([])).toEqual({ check: true, vitest: [], browser: true })
})

it('runs the folder of a service, a suite, or what a path holds', () => {
  expect(chooseParts(['order'])).toEqual({ check: false, vitest: ['services/order/'], browser: false })
  expect(chooseParts(['integration', 'user'])).toEqual({
    check: false,
    vitest: ['--project=integration', 'services/user/'],
    browser: false,
  })
  expect(chooseParts(['router'])).toEqual({ check: false, vitest: ['router'], browser: false })
})

it('wants a browser for the suite that needs one', () => {
  expect(chooseParts(['browser'])).toEqual({ check: false, vitest: ['--project=browser'], browser: true })
})

it('starts no datastores for the checks alone', () => {
  expect(chooseParts(['check'])).toEqual({ check: true, vitest: undefined, browser: false })
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
