import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTemplate } from './template.ts'
import { UnsupportedLua } from './tokens.ts'
import { LuaError } from './values.ts'

const headers = { get: (key: string | number) => (key === 'host' ? 'localhost' : undefined) }
const environment = (name: string) => (name === 'headers' ? headers : undefined)

function render(text: string): string | undefined {
  try {
    return compileTemplate(text)(environment)
  } catch (error) {
    if (error instanceof UnsupportedLua || error instanceof LuaError) return undefined
    throw error
  }
}

const inherited = ['constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__']

describe('templates', () => {
  it.each(inherited)('know nothing of %s, which every object has in JavaScript', (name) => {
    expect(render(`$(${name})`)).toBe('')
    expect(render(`$(${name}("x"))`)).toBeUndefined()
    expect(render(`$(headers.${name})`)).toBe('')
    expect(render(`$(headers.host.${name})`)).toBe('')
    expect(render(`$(headers.host:${name}("x"))`)).toBeUndefined()
    expect(render(`$(1 ${name} 2)`)).toBeUndefined()
  })

  it('give a text or fail as Lua would, whatever they are made of', () => {
    const piece = fc.constantFrom(
      ...inherited,
      ...['headers', 'host', 'x', '"a"', "'b'", '1', '0x1F', 'nil', 'true', 'and', 'or', 'not', 'type', 'tostring'],
      ...['(', ')', '[', ']', '.', ':', '..', '+', '-', '*', '/', '%', '#', '==', '~=', '<', ',', 'sub', 'upper', ' '],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.string(), (pieces, around) => {
        const rendered = render(`${around}$(${pieces.join(' ')})`)
        expect(rendered === undefined || typeof rendered === 'string').toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('are read in time that grows with their length alone', () => {
    for (const text of [
      '"\\'.repeat(20_000),
      '('.repeat(2_000),
      '-'.repeat(2_000),
      ' '.repeat(50_000),
      '1e'.repeat(20_000),
    ]) {
      render(`$(${text})`)
    }
  })
})
