import { openSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fileRefusal, readArguments } from './command.ts'

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

describe('an error of the file system', () => {
  it('is one message where the operating system refuses the file', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', path: '/x/.env' })
    expect(fileRefusal(full)?.trim()).toBe("/x/.env can't be used: the disk is full.")
  })

  it('stays as it is where the program looked for a missing file', () => {
    let missing: unknown
    try {
      openSync('/nonexistent', 'r')
    } catch (error) {
      missing = error
    }
    expect(fileRefusal(missing)).toBeUndefined()
    expect(fileRefusal(new TypeError('x is not a function'))).toBeUndefined()
  })
})
