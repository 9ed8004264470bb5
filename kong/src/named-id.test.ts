import { expect, it } from 'vitest'
import { namedId } from './named-id.ts'

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'

it('makes the id of RFC 9562, A.4, from a name', () => {
  expect(namedId('www.example.com', DNS)).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
})

it('makes an id of a name that holds half of a surrogate pair', () => {
  expect(namedId('\ud800', DNS)).toBe(namedId('\ufffd', DNS))
})
