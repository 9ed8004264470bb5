import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeHome, openHome, projectRoot } from './home.ts'
import { runProgram } from './run-program.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portico homes-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const reset = (home: string) =>
  runProgram(process.execPath, [join(projectRoot, 'scripts/reset.ts'), '--yes', '--home', home])

it('makes a home in an empty folder, and again', async () => {
  await makeHome(openHome(folder))
  await makeHome(openHome(folder))
  expect(existsSync(join(folder, 'data'))).toBe(true)
})

it.each(['data', 'keys.json'])('refuses a folder that has a %s and was never a home', async (name) => {
  mkdirSync(join(folder, name))
  await expect(makeHome(openHome(folder))).rejects.toThrow(`is not a home of Portico, and has a ${name} already`)
  const { code, output } = await reset(folder)
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('is not a home of Portico') })
  expect(existsSync(join(folder, name))).toBe(true)
})

it('resets a home, which stays a home', async () => {
  await makeHome(openHome(folder))
  writeFileSync(join(folder, 'data', 'row'), '')
  expect(await reset(folder)).toMatchObject({ code: 0 })
  expect(existsSync(join(folder, 'data'))).toBe(false)
  await makeHome(openHome(folder))
})

it('says that there is no home to reset', async () => {
  const { code, output } = await reset(join(folder, 'missing'))
  expect(code).toBe(1)
  expect(output.trim()).toBe(`There is no home at ${join(folder, 'missing')}. Which one is meant: --home DIR`)
})

it.each([
  ['a file', () => join(folder, 'file'), 'it, or a part of its path, is a file'],
  ['below a file', () => join(folder, 'file', 'home'), 'it, or a part of its path, is a file'],
  ['on a file system that takes no folders', () => '/proc/portico/home', 'no folder can be made there'],
])('refuses a home that is %s', async (_, path, reason) => {
  writeFileSync(join(folder, 'file'), '')
  await expect(async () => makeHome(openHome(path()))).rejects.toThrow(reason)
})

describe.each([
  'seed',
  'stock check',
  'admin promote a@example.test',
  'keys show',
  'scale',
  'logs',
  'stop',
  'restart order',
])('npm run %s', (words) => {
  const [name = '', ...rest] = words.split(' ')
  const run = (home: string) =>
    runProgram(process.execPath, [join(projectRoot, `scripts/${name}.ts`), ...rest, '--home', home])

  // With a URL in the environment a command uses that datastore, whatever the home is.
  beforeEach(() => {
    for (const variable of ['MONGODB_URL', 'POSTGRES_URL', 'MYSQL_URL', 'REDIS_URL']) vi.stubEnv(variable, undefined)
  })
  afterEach(() => void vi.unstubAllEnvs())

  it('answers with one message where the home is a file or missing', async () => {
    const file = join(folder, 'file')
    const missing = join(folder, 'missing')
    writeFileSync(file, '')
    const [onFile, onMissing] = await Promise.all([run(file), run(missing)])
    expect(onFile.output.trim()).toBe(
      `${file} can't be the home: it, or a part of its path, is a file. Choose another folder: --home DIR`,
    )
    expect(onMissing.output).toContain(missing)
    expect(onMissing.output).not.toMatch(/^ {4}at /m)
    expect(existsSync(missing)).toBe(false)
  })
})
