import { describe, expect, it } from 'vitest'
import { readArguments } from './command.ts'

const options = { json: { type: 'boolean' }, home: { type: 'string' } } as const

describe('reading a command line', () => {
  it('gives flags, values and words', () => {
    expect(readArguments(['create', '--json', '--home', '/x'], options)).toEqual({
      flags: { json: true },
      values: { home: '/x' },
      words: ['create'],
    })
  })

  it('refuses an option that does not exist, and names the one that was probably meant', () => {
    expect(() => readArguments(['--jsom'], options)).toThrow('There is no option --jsom; did you mean --json?')
    expect(() => readArguments(['--quickly'], options)).toThrow(/^There is no option --quickly$/)
  })

  it('refuses an option without its value', () => {
    expect(() => readArguments(['--home'], options)).toThrow(/--home/)
  })
})
