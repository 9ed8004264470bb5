import { expect, it } from 'vitest'
import { decodeJson, InvalidJson } from './json.ts'
import { luaNumber } from './number.ts'

it.each([
  ['{"a":0xFF,"b":-Infinity,"c":007,"d":+1.5e2}', { a: 255, b: Number.NEGATIVE_INFINITY, c: 7, d: 150 }],
  [' [ true , null , "\\u00e9\\ud83d\\ude00" ] ', [true, null, Buffer.from('é😀').toString('latin1')]],
  ['{"a":1,"a":2,"__proto__":3}', Object.assign(Object.create(null), { a: 2, ['__proto__']: 3 })],
  ['"raw \n\xff bytes"', 'raw \n\xff bytes'],
])('takes %s', (text, value) => {
  expect(decodeJson(text)).toEqual(value)
})

it.each([
  "{'a':1}",
  '{"a":1,}',
  '{a:1}',
  '[1]/**/',
  '"\\ud800"',
  '',
  '\ufeff{}',
  `${'['.repeat(1001)}${']'.repeat(1001)}`,
])('refuses %s', (text) => {
  expect(() => decodeJson(text)).toThrow(InvalidJson)
})

it.each([
  [5, '5'],
  [0, '0'],
  [-0, '-0'],
  [-300, '-300'],
  [1.5, '1.5'],
  [1e14, '1e+14'],
  [99999999999999, '99999999999999'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1234567.12345678, '1234567.1234568'],
  [-0.5, '-0.5'],
])('prints %d as %s', (value, text) => {
  expect(luaNumber(value)).toBe(text)
})
