import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runProgram } from '../run-program.ts'
import { writeLauncher } from './unpack.mjs'

let base: string

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'portico unpacked-'))
})

afterEach(() => rmSync(base, { recursive: true, force: true }))

it('launches a program with its libraries and options, also after the checkout was moved', async () => {
  const tools = join(base, 'a tool')
  const program = join(tools, 'pack', 'usr', 'bin', 'say')
  mkdirSync(join(tools, 'pack', 'usr', 'lib', 'x86_64-linux-gnu'), { recursive: true })
  mkdirSync(join(tools, 'pack', 'usr', 'bin'))
  writeFileSync(program, '#!/bin/sh\necho "$LD_LIBRARY_PATH|$PWD|$*"\n', { mode: 0o755 })
  const folder = join(tools, 'pack')
  writeLauncher(join(tools, 'bin', 'say'), { folder, program, options: '"--base=$root"', inFolder: true })
  renameSync(tools, join(base, 'moved there'))
  const { output } = await runProgram(join(base, 'moved there', 'bin', 'say'), ['one', 'two words'])
  const [libraries, place, words] = output.trim().split('|')
  expect(libraries).toBe(`${base}/moved there/bin/../pack/usr/lib/x86_64-linux-gnu`)
  expect(place).toBe(join(base, 'moved there', 'pack'))
  expect(words).toMatch(/^one two words --base=.*moved there\/bin\/\.\.\/pack$/)
})
