import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigurationLoader } from '../loading/configuration-loader.ts'
import { registry } from '../plugins/index.ts'
import { loadConfiguration } from './load.ts'

let root: string
let allowed: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'portico-written-files-'))
  allowed = join(root, 'allowed')
  for (const folder of ['allowed/deep', 'elsewhere/deep', 'allowed-not'])
    mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, 'elsewhere/bashrc'), '')
  symlinkSync(join(root, 'elsewhere/bashrc'), join(allowed, 'to-file'))
  symlinkSync(join(root, 'elsewhere/not-there-yet'), join(allowed, 'dangling'))
  symlinkSync('../elsewhere/deep', join(allowed, 'to-folder'))
  symlinkSync('deep', join(allowed, 'to-inside'))
  symlinkSync('loop', join(allowed, 'loop'))
  symlinkSync(allowed, join(root, 'alias'))
})
afterAll(() => rmSync(root, { recursive: true }))

const documentWith = (path: string) =>
  `_format_version: "3.0"\nservices:\n  - name: s\n    host: h.test\n    plugins:\n      - { name: file-log, config: { path: ${JSON.stringify(path)} } }\n`

const load = (path: string, pluginFilesDir: string | undefined = allowed) =>
  loadConfiguration(documentWith(path), { registry, pluginFilesDir })

describe('the path of a file-log plugin, with a folder set for the files of plugins', () => {
  it.each([
    ['a file of the folder', 'allowed/log'],
    ['a file in a folder of it', 'allowed/deep/log'],
    ['a file in a folder that is still to be made', 'allowed/new/log'],
    ['a way back into the folder', 'allowed/deep/../log'],
    ['a link within the folder', 'allowed/to-inside/log'],
    ['a link to the folder', 'alias/log'],
  ])('may name %s', (_, path) => {
    expect(load(`${root}/${path}`).ok).toBe(true)
  })

  it.each([
    ['a file elsewhere', 'elsewhere/bashrc'],
    ['a folder whose name only begins alike', 'allowed-not/log'],
    ['the folder itself', 'allowed'],
    ['a file reached by ..', 'allowed/deep/../../elsewhere/bashrc'],
    ['a link to a file elsewhere', 'allowed/to-file'],
    ['a link to a file that does not exist yet', 'allowed/dangling'],
    ['a link to a folder elsewhere', 'allowed/to-folder/log'],
    ['.. after a link, which leads from where the link points', 'allowed/to-folder/../log'],
    ['a link that never ends', 'allowed/loop/log'],
  ])('may not name %s', (_, path) => {
    const result = load(`${root}/${path}`)
    const message = `must be a file inside ${allowed} (KONG_PLUGIN_FILES_DIR, --plugin-files-dir)`
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({
      ok: false,
      problems: [{ line: 6, path: 'services[0].plugins[0].config.path', message }],
      error: {
        code: 14,
        name: 'invalid declarative configuration',
        fields: { services: [{ plugins: [{ config: { path: message } }] }] },
      },
    })
  })

  it('may be relative to the working directory, and is judged from there', () => {
    expect(load(relative(process.cwd(), join(allowed, 'log'))).ok).toBe(true)
    expect(load('log').ok).toBe(false)
  })

  it('is judged in the thread that reads large documents too', async () => {
    const loader = new ConfigurationLoader(registry, ['bundled'])
    const text = `${documentWith(join(root, 'elsewhere/bashrc'))}\n${'# padding\n'.repeat(4000)}`
    const result = await loader.load({ text, options: { pluginFilesDir: allowed } }, (result) => result)
    loader.close()
    expect(result.ok).toBe(false)
  })
})

it('may be any path where no folder is set, as in Kong', () => {
  expect(loadConfiguration(documentWith(join(root, 'elsewhere/bashrc')), { registry }).ok).toBe(true)
})
