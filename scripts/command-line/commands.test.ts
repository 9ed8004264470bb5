import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { projectRoot } from '../home.ts'
import { runProgram } from '../run-program.ts'
import { commands } from './commands.mjs'

const bootstrap = (...words: string[]) =>
  runProgram(process.execPath, [join(projectRoot, 'scripts/bootstrap.mjs'), ...words])

it('describes every script of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  expect(Object.keys(commands).sort()).toEqual(Object.keys(scripts).sort())
})

it.each([[['help'], 0] as const, [[], 0] as const, [['sttaus'], 1] as const])(
  'lists the commands for %j',
  async (words, code) => {
    const run = await bootstrap(...words)
    expect(run.code).toBe(code)
    for (const name of Object.keys(commands)) expect(run.output).toMatch(new RegExp(`npm (run )?${name}  `))
  },
)

it('refuses words that a command does not take', async () => {
  const run = await bootstrap('status', 'everything')
  expect(run).toMatchObject({ code: 1, output: expect.stringContaining('Not understood: everything.') })
})
