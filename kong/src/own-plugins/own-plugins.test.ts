import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SettingError } from '../settings/setting-error.ts'
import { enabledPlugins } from './enabled-plugins.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const example = fileURLToPath(new URL('../../examples/maintenance.ts', import.meta.url))

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portico-plugin-'))
})

afterEach(() => rm(folder, { recursive: true }))

describe("a plugin of one's own", () => {
  let child: ChildProcess | undefined

  afterEach(async () => {
    if (child?.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit')
  })

  async function start(config: string): Promise<{ proxy: string; admin: string }> {
    const file = join(folder, 'kong.yml')
    await writeFile(file, config)
    const listen = ['--proxy-listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0']
    child = spawn(process.execPath, [main, 'start', '--config', file, '--plugin', example, ...listen], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, KONG_LOG_LEVEL: 'error' },
    })
    const [{ ports }] = (await once(child, 'message')) as [{ ports: { proxy: number; admin: number } }]
    return { proxy: `http://127.0.0.1:${ports.proxy}`, admin: `http://127.0.0.1:${ports.admin}` }
  }

  it('runs in a started gateway as a built-in one does, and is shown by the Admin API', async () => {
    const { proxy, admin } = await start(`_format_version: "3.0"
plugins:
  - name: maintenance
    config: { retry_after: 600 }
  - name: request-termination
    config: { status_code: 200, message: read }
routes: [{ name: all, paths: [/] }]
`)
    const written = await fetch(proxy, { method: 'POST' })
    expect([written.status, written.headers.get('retry-after')]).toEqual([503, '600'])
    expect(await written.json()).toMatchObject({ message: 'The shop is being worked on' })
    const read = await fetch(proxy)
    expect([read.status, read.headers.get('x-maintenance')]).toEqual([200, 'true'])

    const get = async (path: string) => JSON.stringify(await (await fetch(admin + path)).json())
    expect(await get('/plugins/enabled')).toContain('"maintenance"')
    expect(await get('/schemas/plugins/maintenance')).toContain('"retry_after"')
    const refused = await fetch(`${admin}/schemas/plugins/validate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'maintenance', config: { retry_after: 0 } }),
    })
    expect(await refused.json()).toMatchObject({ fields: { config: { retry_after: 'value must be greater than 0' } } })
  })

  it('that is none ends the start with the reason and no stack trace', async () => {
    const file = join(folder, 'mine.ts')
    await writeFile(file, 'export default { name: "mine" }')
    child = spawn(process.execPath, [main, 'start', '--plugin', file, '--proxy-listen', '127.0.0.1:0'])
    let written = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      written += chunk
    })
    const [code] = await once(child, 'close')
    expect(code).toBe(2)
    expect(written).toBe(`kong: plugin ${file}: it has no 'priority'; it has no 'version'; it has no 'schema'\n`)
  })
})

describe('a file that holds no plugin', () => {
  const head = `name: 'mine', priority: 1, version: '1', `

  it.each([
    ['nothing', '', 'it exports no default'],
    ['a fault of the language', 'export default {', "it can't be loaded"],
    ['a fault when it runs', 'throw new Error("no luck")', "it can't be loaded: no luck"],
    ['a slip in a phase', `export default { ${head} schema: {}, acess() {} }`, "did you mean 'access'?"],
    ['no record', `export default { ${head} schema: { type: 'string' } }`, 'not a required record'],
    [
      'an unknown type',
      `export default { ${head} schema: { type: 'record', required: true, fields: { a: { type: 'strin' } } } }`,
      "'config.a' of its schema has an unknown type 'strin'; did you mean 'string'?",
    ],
    [
      'a default that its own field refuses',
      `export default { ${head} schema: { type: 'record', required: true, fields: { a: { type: 'integer', default: 1.5 } } } }`,
      "the default of 'config.a' in its schema is wrong: expected an integer",
    ],
    [
      'a taken name',
      `export default { name: 'jwt', priority: 1, version: '1', schema: { type: 'record', required: true, fields: {} } }`,
      "the name 'jwt' is taken",
    ],
  ])('is refused: %s', async (_, source, reason) => {
    const file = join(folder, 'mine.mjs')
    await writeFile(file, source)
    await expect(enabledPlugins(['bundled', file])).rejects.toThrow(SettingError)
    await expect(enabledPlugins(['bundled', file])).rejects.toThrow(reason)
  })
})

describe('the plugins that may be used', () => {
  it('are those that the setting names', async () => {
    expect([...(await enabledPlugins(['jwt', 'cors'])).keys()]).toEqual(['jwt', 'cors'])
    expect((await enabledPlugins(['off'])).size).toBe(0)
  })

  it.each([
    ['jwtt', "there is no plugin 'jwtt'; did you mean 'jwt'?"],
    ['post-function', "the embedded gateway has no plugin 'post-function'"],
    ['./none.ts', 'plugin ./none.ts: there is no such file'],
  ])('are not those that there are not: %s', async (name, message) => {
    await expect(enabledPlugins([name])).rejects.toThrow(message)
  })
})
